"""What results look like: tables, sentences, timelines."""
