"""The one function that compiled code is entered by: addresses in, the kernel's answer out.

It takes the address of a row of cells, so that whoever has the machine code can call it without numba (machine_code.py).
This module imports numba; it is needed only to compile.
"""

from typing import Any

from numba.core import types
from numba.extending import intrinsic
from numba.np import arrayobj as numba_arrays

from recallsim.engines.kernel import replicate

arrayobj: Any = numba_arrays


def _array(element: Any, dimensions: int) -> Any:
    """The maker of an array over memory that somebody else owns."""
    array = types.Array(element, dimensions, "C")

    def maker(_typing: Any, address: Any, rows: Any, cells: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            at, rows, cells = arguments
            made = arrayobj.make_array(array)(context, builder)
            item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(element)))
            row = builder.mul(cells, item)
            arrayobj.populate_array(
                made,
                data=builder.inttoptr(at, context.get_data_type(element).as_pointer()),
                shape=[cells] if dimensions == 1 else [rows, cells],
                strides=[item] if dimensions == 1 else [row, item],
                itemsize=item,
                meminfo=None,
            )
            return made._getvalue()

        return array(types.int64, types.int64, types.int64), generate

    return intrinsic(maker)


def _pointer(element: Any) -> Any:
    """The maker of a bare pointer, which is indexed like an array of one dimension, and knows no length."""
    cpointer: Any = types.CPointer
    pointer = cpointer(element)

    def maker(_typing: Any, _address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_data_type(element).as_pointer())

        return pointer(types.int64), generate

    return intrinsic(maker)


# What every function of a recipient is called with goes as a pointer: an array is seven arguments to the machine.
int_cells = _pointer(types.int64)
float_cells = _pointer(types.float64)
ints = _array(types.int64, 1)
floats = _array(types.float64, 1)
table = _array(types.int64, 2)
bytes_table = _array(types.int8, 2)
SIGNATURE = types.int64(types.int64)


def enter(address: int) -> int:
    """Call the kernel with what stands in the cells at `address` (machine_code.Kernel): arrays, then numbers.

    An array takes three cells: its address, its rows (1 where it has one dimension), the cells of a row.
    """
    a = ints(address, 1, 64)
    return replicate(
        int_cells(a[0]),
        float_cells(a[3]),
        int_cells(a[6]),
        ints(a[9], a[10], a[11]),
        ints(a[12], a[13], a[14]),
        ints(a[15], a[16], a[17]),
        table(a[18], a[19], a[20]),
        ints(a[21], a[22], a[23]),
        table(a[24], a[25], a[26]),
        table(a[27], a[28], a[29]),
        floats(a[30], a[31], a[32]),
        a[33],
        a[34],
        a[35],
        a[36],
        a[37],
        a[38],
        a[39],
        a[40],
        a[41],
        table(a[42], a[43], a[44]),
        bytes_table(a[45], a[46], a[47]),
        table(a[48], a[49], a[50]),
        table(a[51], a[52], a[53]),
    )
