/* The race model of race.yaml in C: one core, the same generator (Philox4x32-10) at the same addresses, the same laws.
 *
 * Written for itself, after the model's description, as a yardstick for the batch engine: it prints how many recalls
 * succeeded in each replication, which must be the engine's own count, and the CPU seconds that took.
 *
 *   cc -O2 -o race race.c -lm && ./race RECIPIENTS FIRST REPLICATIONS SEED
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORKERS = 4 };
static const double CLOCK = 1e-6;
static const int64_t ASKED = 300000000, HORIZON = 2592000000000;
enum { QUEUE_ORDER = 6, SERVICE = 7, LATENCY = 10, AUTO_PROCESS = 20, RULE = 23, READ_DELAY = 30 };

static uint32_t key0, key1, replication;

static double uniform(uint32_t entity, uint32_t word)
{
    uint32_t c0 = 0, c1 = word, c2 = entity, c3 = replication, k0 = key0, k1 = key1;
    for (int turn = 0; turn < 10; turn++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (double)((uint64_t)c1 << 20 | c0 >> 12) * 0x1p-52 + 0x1p-53;
}

/* Wichura's AS 241: the quantile of the standard normal law. */
static double ratio(const double *a, const double *b, double r)
{
    double above = a[0], below = b[0];
    for (int i = 1; i < 8; i++) {
        above = above * r + a[i];
        below = below * r + b[i];
    }
    return above / below;
}

static double normal(double u)
{
    static const double
        a0[] = {2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
                1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608},
        b0[] = {5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
                5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1.0},
        a1[] = {7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
                3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
        b1[] = {1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
                6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1.0},
        a2[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
                2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
        b2[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
                1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1.0};
    double q = u - 0.5;
    if (fabs(q) <= 0.425)
        return ratio(a0, b0, 0.180625 - q * q) * q;
    double r = sqrt(-log(q <= 0 ? u : 1 - u));
    double z = r <= 5 ? ratio(a1, b1, r - 1.6) : ratio(a2, b2, r - 5);
    return q < 0 ? -z : z;
}

static int64_t ticks(double seconds) { return (int64_t)floor(seconds / CLOCK + 0.5); }
static int64_t exponential(double mean, double u) { return ticks(-mean * log(1 - u)); }
static int64_t lognormal(double median, double sigma, double u) { return ticks(median * exp(sigma * normal(u))); }
static int64_t service(uint32_t i, uint32_t kind) { return exponential(0.05, uniform(i, SERVICE | kind << 8)); }
static int64_t latency(uint32_t i, uint32_t kind) { return lognormal(2.0, 1.0, uniform(i, LATENCY | kind << 8)); }

typedef struct { int64_t tick; uint32_t number; } job;

/* Stable radix sort by tick, 11 bits a pass. */
static void sort_jobs(job *jobs, job *other, size_t n, int bits)
{
    job *from = jobs, *to = other;
    for (int shift = 0; shift < bits; shift += 11) {
        size_t start[2049] = {0};
        for (size_t i = 0; i < n; i++) start[(from[i].tick >> shift & 2047) + 1]++;
        for (int d = 0; d < 2048; d++) start[d + 1] += start[d];
        for (size_t i = 0; i < n; i++) to[start[from[i].tick >> shift & 2047]++] = from[i];
        job *swap = from; from = to; to = swap;
    }
    if (from != jobs) memcpy(jobs, from, n * sizeof *jobs);
}

static int64_t free_at[WORKERS];

static int64_t serve(int64_t entered, int64_t lasts)
{
    int64_t begins = free_at[0] > entered ? free_at[0] : entered, ends = begins + lasts;
    int at = 0;
    for (; at + 1 < WORKERS && free_at[at + 1] < ends; at++) free_at[at] = free_at[at + 1];
    free_at[at] = ends;
    return ends;
}

int main(int argc, char **argv)
{
    if (argc != 5) { fprintf(stderr, "race RECIPIENTS FIRST REPLICATIONS SEED\n"); return 2; }
    size_t n = strtoull(argv[1], 0, 10), first = strtoull(argv[2], 0, 10), count = strtoull(argv[3], 0, 10);
    uint64_t seed = strtoull(argv[4], 0, 10);
    key0 = (uint32_t)seed;
    key1 = (uint32_t)(seed >> 32);
    job *line = malloc(n * sizeof *line), *reports = malloc(n * sizeof *reports), *other = malloc(n * sizeof *other);
    int64_t *original = malloc((n + 1) * sizeof *original), *told = malloc((n + 1) * sizeof *told);
    char *succeeded = malloc(n + 1);
    if (!line || !reports || !other || !original || !told || !succeeded) return 1;
    clock_t began = clock();
    for (replication = (uint32_t)first; replication < first + count; replication++) {
        for (size_t i = 0; i < n; i++) {
            line[i].tick = (int64_t)(uniform((uint32_t)(i + 1), QUEUE_ORDER) * 0x1p52);
            line[i].number = (uint32_t)(i + 1);
        }
        sort_jobs(line, other, n, 52);
        for (int w = 0; w < WORKERS; w++) free_at[w] = -1;
        for (size_t k = 0; k < n; k++) {
            uint32_t i = line[k].number;
            original[i] = serve(0, service(i, 0)) + latency(i, 0);
        }
        size_t sent = 0, successes = 0;
        for (size_t k = 0; k < n; k++) {
            uint32_t i = line[k].number;
            int64_t request = serve(ASKED, service(i, 1)) + latency(i, 1), decided;
            succeeded[i] = 0;
            told[i] = -1;
            if (request > HORIZON) continue;
            if (request < original[i]) {
                decided = request; /* it came first, found nothing and was dropped */
            } else {
                int64_t opened = original[i] + exponential(1800, uniform(i, READ_DELAY));
                decided = uniform(i, AUTO_PROCESS) < 0.5
                    ? request : request + exponential(1800, uniform(i, READ_DELAY | 1 << 8));
                int moved = uniform(i, RULE) < 0.2;
                succeeded[i] = decided <= HORIZON && !moved && opened >= decided;
            }
            if (decided < HORIZON) reports[sent++] = (job){decided + 1, i};
            successes += succeeded[i];
        }
        sort_jobs(reports, other, sent, 42);
        for (size_t k = 0; k < sent; k++) {
            uint32_t i = reports[k].number;
            told[i] = serve(reports[k].tick, service(i, 3)) + latency(i, 3);
        }
        printf("%zu\n", successes);
    }
    fprintf(stderr, "%.6f\n", (double)(clock() - began) / CLOCKS_PER_SEC);
    return 0;
}
