/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit_logistic.h"

#include <math.h>
#include <string.h>

#define N (TL_JUDGEMENT_ITEMS_MAX + 1) /* the bias is last */
#define STEPS_MAX 60
#define SWEEPS 400

double tl_fit_points(const struct tl_fit_rows *rows, const struct tl_fit_row *row, int profile,
                     const struct tl_fit_solution *solution)
{
    double points = solution->bias;
    for (size_t i = row->first[profile]; i < row->first[profile + 1]; i++)
        points += solution->weights[rows->items[i].at] * (double)rows->items[i].value;
    return points;
}

static double log1pexp(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double weight_of(const struct tl_fit_problem *problem, const struct tl_fit_row *row)
{
    double times = row->rare ? TL_FIT_RARE_TIMES : 1;
    return row->owner == problem->profile ? times * problem->positive : times;
}

static double loss_of(const struct tl_fit_problem *problem, const struct tl_fit_solution *solution)
{
    double loss = 0;
    for (size_t r = 0; r < problem->rows->row_count; r++) {
        const struct tl_fit_row *row = &problem->rows->rows[r];
        double points = tl_fit_points(problem->rows, row, problem->profile, solution);
        bool own = row->owner == problem->profile;
        loss += weight_of(problem, row) * log1pexp(own ? -points : points);
    }
    for (size_t k = 0; k < problem->count; k++)
        loss += problem->ridge / 2 * solution->weights[k] * solution->weights[k];
    return loss;
}

/* Gradient and Hessian of the loss; the bias has the last place. */
static void model_of(const struct tl_fit_problem *problem, const struct tl_fit_solution *solution,
                     double gradient[N], double hessian[N][N])
{
    memset(gradient, 0, N * sizeof *gradient);
    memset(hessian, 0, sizeof(double[N][N]));
    for (size_t r = 0; r < problem->rows->row_count; r++) {
        const struct tl_fit_row *row = &problem->rows->rows[r];
        double points = tl_fit_points(problem->rows, row, problem->profile, solution);
        double p = 1 / (1 + exp(-points));
        bool own = row->owner == problem->profile;
        double weight = weight_of(problem, row), slope = weight * (p - own);
        double curve = weight * p * (1 - p);
        size_t first = row->first[problem->profile], end = row->first[problem->profile + 1];
        gradient[N - 1] += slope;
        hessian[N - 1][N - 1] += curve;
        for (size_t i = first; i < end; i++) {
            const struct tl_fit_item *a = &problem->rows->items[i];
            gradient[a->at] += slope * (double)a->value;
            hessian[a->at][N - 1] += curve * (double)a->value;
            for (size_t k = first; k <= i; k++)
                hessian[a->at][problem->rows->items[k].at] +=
                    curve * (double)a->value * (double)problem->rows->items[k].value;
        }
    }
    for (size_t a = 0; a < problem->count; a++) {
        gradient[a] += problem->ridge * solution->weights[a];
        hessian[a][a] += problem->ridge;
        hessian[N - 1][a] = hessian[a][N - 1];
        for (size_t b = 0; b < a; b++)
            hessian[b][a] = hessian[a][b];
    }
    hessian[N - 1][N - 1] += 1e-9;
}

/* The step that minimises g d + d H d / 2 with the weights kept on their sides of zero. */
static void step_of(const struct tl_fit_problem *problem, const struct tl_fit_solution *solution,
                    const double gradient[N], double hessian[N][N], double step[N])
{
    double slope[N];
    memcpy(slope, gradient, sizeof slope);
    memset(step, 0, N * sizeof *step);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double moved = 0;
        for (size_t k = 0; k <= problem->count; k++) {
            size_t at = k < problem->count ? k : N - 1;
            double to = step[at] - slope[at] / hessian[at][at];
            if (k < problem->count) {
                double weight = solution->weights[k] + to;
                bool wrong = problem->against[k] ? weight > 0 : weight < 0;
                if (wrong) to = -solution->weights[k];
            }
            double by = to - step[at];
            if (by == 0) continue;
            step[at] = to;
            for (size_t i = 0; i < problem->count; i++)
                slope[i] += hessian[i][at] * by;
            slope[N - 1] += hessian[N - 1][at] * by;
            moved = fmax(moved, fabs(by));
        }
        if (moved < 1e-7) break;
    }
}

void tl_fit_solve(const struct tl_fit_problem *problem, struct tl_fit_solution *solution)
{
    static double gradient[N], hessian[N][N], step[N];
    double loss = loss_of(problem, solution);
    for (solution->steps = 0; solution->steps < STEPS_MAX; solution->steps++) {
        model_of(problem, solution, gradient, hessian);
        step_of(problem, solution, gradient, hessian, step);
        double before = loss, share = 1;
        struct tl_fit_solution tried;
        for (int halving = 0; halving < 12; halving++, share /= 2) {
            tried = *solution;
            tried.bias += share * step[N - 1];
            for (size_t k = 0; k < problem->count; k++)
                tried.weights[k] += share * step[k];
            loss = loss_of(problem, &tried);
            if (loss < before) break;
        }
        if (!(loss < before)) break;
        *solution = tried;
        if (before - loss < 1e-7 * before) break;
    }
    solution->loss = loss / (double)problem->rows->row_count;
}
