/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom fit`: the regression on problems whose answer is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fit_logistic.h"
#include "lib/harness.h"

/* rows of one item at 0 or 1: counts[value][own]. Items 0 and 1 are the same number. */
static void fill(struct tl_fit_rows *rows, const size_t counts[2][2])
{
    size_t total = counts[0][0] + counts[0][1] + counts[1][0] + counts[1][1];
    rows->rows = calloc(total, sizeof *rows->rows);
    rows->items = calloc(2 * total, sizeof *rows->items);
    for (size_t value = 0; value < 2; value++)
        for (size_t own = 0; own < 2; own++)
            for (size_t i = 0; i < counts[value][own]; i++) {
                struct tl_fit_row *row = &rows->rows[rows->row_count++];
                row->owner = own ? 0 : TL_PROFILE_COUNT + 1;
                row->first[0] = rows->item_count;
                for (uint8_t at = 0; at < 2 && value; at++)
                    rows->items[rows->item_count++] = (struct tl_fit_item){at, 1};
                for (int p = 1; p <= TL_PROFILE_COUNT; p++)
                    row->first[p] = rows->item_count;
            }
}

TL_TEST("fit: one yes-or-no item gets the log of the odds ratio, the bias the log odds without it")
{
    static const size_t counts[2][2] = {{900, 100}, {200, 600}};
    struct tl_fit_rows rows = {0};
    fill(&rows, counts);
    struct tl_fit_problem problem = {.rows = &rows, .count = 1, .ridge = 1e-9, .positive = 1};
    struct tl_fit_solution solution = {.bias = -3};
    tl_fit_solve(&problem, &solution);
    CHECK_NEAR(solution.bias, log(100.0 / 900.0), 1e-4);
    CHECK_NEAR(solution.weights[0], log(600.0 / 200.0) - log(100.0 / 900.0), 1e-4);
    /* A second item, the same: their weights add up to it. */
    problem.count = 2;
    problem.ridge = 1e-3;
    tl_fit_solve(&problem, &solution);
    CHECK(solution.weights[1] >= 0);
    CHECK_NEAR(solution.weights[0] + solution.weights[1], log(27.0), 1e-2);
    tl_fit_rows_free(&rows);
}

TL_TEST("fit: rows of a rare subtype count four times")
{
    static const size_t counts[2][2] = {{900, 100}, {200, 600}};
    struct tl_fit_rows rows = {0};
    fill(&rows, counts);
    for (size_t i = 0; i < rows.row_count; i++)
        rows.rows[i].rare = rows.rows[i].owner == 0;
    struct tl_fit_problem problem = {.rows = &rows, .count = 1, .ridge = 1e-9, .positive = 1};
    struct tl_fit_solution solution = {.bias = -3};
    tl_fit_solve(&problem, &solution);
    CHECK_NEAR(solution.bias, log(400.0 / 900.0), 1e-4);
    CHECK_NEAR(solution.weights[0], log(2400.0 / 200.0) - log(400.0 / 900.0), 1e-4);
    tl_fit_rows_free(&rows);
}

TL_TEST("fit: a weight does not cross to the side that its reason forbids")
{
    static const size_t counts[2][2] = {{900, 100}, {200, 600}};
    struct tl_fit_rows rows = {0};
    fill(&rows, counts);
    struct tl_fit_problem problem = {
        .rows = &rows, .count = 1, .against = {true}, .ridge = 1e-9, .positive = 1};
    struct tl_fit_solution solution = {.bias = -3};
    tl_fit_solve(&problem, &solution);
    CHECK_NEAR(solution.weights[0], 0, 0);
    CHECK_NEAR(solution.bias, log(700.0 / 1100.0), 1e-4);
    tl_fit_rows_free(&rows);
}
