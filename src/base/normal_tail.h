/* SPDX-License-Identifier: Apache-2.0
 * N(-y) e^(y^2/2): what a normal tail is, once its exponential is known. Without a division and, but for
 * its end, without a choice. */
#ifndef TL_BASE_NORMAL_TAIL_H
#define TL_BASE_NORMAL_TAIL_H

#define TL_NORMAL_TAIL_ROWS 92
#define TL_NORMAL_TAIL_END 5.656854249492380195 /* 4 sqrt 2 */
extern const double tl_normal_tail_rows[TL_NORMAL_TAIL_ROWS][8];

/* 0 <= y <= TL_NORMAL_TAIL_END; relative error below 2e-14. */
static inline double tl_normal_tail(double y)
{
    int row = (int)(y * 16 + 0.5);
    const double *c = tl_normal_tail_rows[row];
    double d = y - row * (1.0 / 16), square = d * d, fourth = square * square;
    return ((c[0] + c[1] * d) + (c[2] + c[3] * d) * square) +
           ((c[4] + c[5] * d) + (c[6] + c[7] * d) * square) * fourth;
}

#endif
