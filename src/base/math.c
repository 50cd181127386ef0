/* SPDX-License-Identifier: Apache-2.0
 * Elementary functions from + - * / and sqrt alone, so that every compiler and CPU gives the same
 * bits (build with -ffp-contract=off).
 *
 * exp and log reduce by small tables and sum a few terms of their series (Tang, ACM TOMS 15 and 16, 1989 and
 * 1990), without a division, below 2 ulp each. The normal distribution function is a table of
 * series (normal_tail.c) and beyond it Cody's rational approximation (Math. Comp. 23, 1969; ACM TOMS
 * 715), its inverse Wichura's AS241. Limits stand in the header; tests/unit/test_base_math.c holds the
 * known answers. */
#include "base/math.h"

#include <stdbool.h>
#include <string.h>

#include "base/normal_tail.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double power_of_two(int k) /* -1022 <= k <= 1023 */
{
    return from_bits((uint64_t)(k + 1023) << 52);
}

/* Where the result leaves the range; no HUGE_VAL, which is <math.h>. */
#define INFINITE from_bits(0x7ff0000000000000u)

static const double LN2_HIGH = 6.93147180369123816490e-01; /* upper 33 bits: k * LN2_HIGH exact */
static const double LN2_LOW = 1.90821492927058770002e-10;

/* 2^(i/64) */
static const double EXP2[64] = {
    0x1.0000000000000p+0, 0x1.02c9a3e778061p+0, 0x1.059b0d3158574p+0, 0x1.0874518759bc8p+0,
    0x1.0b5586cf9890fp+0, 0x1.0e3ec32d3d1a2p+0, 0x1.11301d0125b51p+0, 0x1.1429aaea92de0p+0,
    0x1.172b83c7d517bp+0, 0x1.1a35beb6fcb75p+0, 0x1.1d4873168b9aap+0, 0x1.2063b88628cd6p+0,
    0x1.2387a6e756238p+0, 0x1.26b4565e27cddp+0, 0x1.29e9df51fdee1p+0, 0x1.2d285a6e4030bp+0,
    0x1.306fe0a31b715p+0, 0x1.33c08b26416ffp+0, 0x1.371a7373aa9cbp+0, 0x1.3a7db34e59ff7p+0,
    0x1.3dea64c123422p+0, 0x1.4160a21f72e2ap+0, 0x1.44e086061892dp+0, 0x1.486a2b5c13cd0p+0,
    0x1.4bfdad5362a27p+0, 0x1.4f9b2769d2ca7p+0, 0x1.5342b569d4f82p+0, 0x1.56f4736b527dap+0,
    0x1.5ab07dd485429p+0, 0x1.5e76f15ad2148p+0, 0x1.6247eb03a5585p+0, 0x1.6623882552225p+0,
    0x1.6a09e667f3bcdp+0, 0x1.6dfb23c651a2fp+0, 0x1.71f75e8ec5f74p+0, 0x1.75feb564267c9p+0,
    0x1.7a11473eb0187p+0, 0x1.7e2f336cf4e62p+0, 0x1.82589994cce13p+0, 0x1.868d99b4492edp+0,
    0x1.8ace5422aa0dbp+0, 0x1.8f1ae99157736p+0, 0x1.93737b0cdc5e5p+0, 0x1.97d829fde4e50p+0,
    0x1.9c49182a3f090p+0, 0x1.a0c667b5de565p+0, 0x1.a5503b23e255dp+0, 0x1.a9e6b5579fdbfp+0,
    0x1.ae89f995ad3adp+0, 0x1.b33a2b84f15fbp+0, 0x1.b7f76f2fb5e47p+0, 0x1.bcc1e904bc1d2p+0,
    0x1.c199bdd85529cp+0, 0x1.c67f12e57d14bp+0, 0x1.cb720dcef9069p+0, 0x1.d072d4a07897cp+0,
    0x1.d5818dcfba487p+0, 0x1.da9e603db3285p+0, 0x1.dfc97337b9b5fp+0, 0x1.e502ee78b3ff6p+0,
    0x1.ea4afa2a490dap+0, 0x1.efa1bee615a27p+0, 0x1.f50765b6e4540p+0, 0x1.fa7c1819e90d8p+0};

/* e^x = 2^k y: k, and y within (0.99, 2.01). |x| < 800; the sum with SHIFT rounds to a whole number. */
static inline double exp_reduced(double x, int64_t *k)
{
    const double SHIFT = 0x1.8p52;
    double shifted = x * 92.332482616893656877 + SHIFT; /* 64 / ln 2 */
    uint64_t whole = bits_of(shifted);
    double n = shifted - SHIFT;
    double r = x - n * (LN2_HIGH / 64) - n * (LN2_LOW / 64), square = r * r;
    double p = r + square * (0.5 + r * (1.0 / 6)) + square * square * (1.0 / 24 + r * (1.0 / 120));
    *k = (int64_t)(whole << 12) >> 18;
    return EXP2[whole & 63] + EXP2[whole & 63] * p;
}

/* y 2^k for y near 1, within the range of normal numbers. */
static double scaled(double y, int64_t k)
{
    return from_bits(bits_of(y) + ((uint64_t)k << 52));
}

/* Results near or beyond the ends of the normal numbers. */
static double exp_at_the_ends(double x)
{
    int64_t k;
    if (x != x) return x;
    if (x > 709.782712893383973096) return INFINITE;
    if (x < -745.13321910194110842) return 0.0;
    double y = exp_reduced(x, &k);
    return x > 0 ? scaled(y, k - 64) * power_of_two(64) : scaled(y, k + 1000) * power_of_two(-1000);
}

double tl_exp(double x)
{
    int64_t k;
    if (!(tl_abs(x) < 708.0)) return exp_at_the_ends(x);
    double y = exp_reduced(x, &k);
    return scaled(y, k);
}

/* At c = i/64, i from LOG_FIRST: 1/c, and ln c in two parts, of which the first has no bits below 2^-33 (as
 * LN2_HIGH), so that sums with it are exact. */
#define LOG_FIRST 45
static const double LOG_INVERSE[47] = {
    0x1.6c16c16c16c17p+0, 0x1.642c8590b2164p+0, 0x1.5c9882b931057p+0, 0x1.5555555555555p+0,
    0x1.4e5e0a72f0539p+0, 0x1.47ae147ae147bp+0, 0x1.4141414141414p+0, 0x1.3b13b13b13b14p+0,
    0x1.3521cfb2b78c1p+0, 0x1.2f684bda12f68p+0, 0x1.29e4129e4129ep+0, 0x1.2492492492492p+0,
    0x1.1f7047dc11f70p+0, 0x1.1a7b9611a7b96p+0, 0x1.15b1e5f75270dp+0, 0x1.1111111111111p+0,
    0x1.0c9714fbcda3bp+0, 0x1.0842108421084p+0, 0x1.0410410410410p+0, 0x1.0000000000000p+0,
    0x1.f81f81f81f820p-1, 0x1.f07c1f07c1f08p-1, 0x1.e9131abf0b767p-1, 0x1.e1e1e1e1e1e1ep-1,
    0x1.dae6076b981dbp-1, 0x1.d41d41d41d41dp-1, 0x1.cd85689039b0bp-1, 0x1.c71c71c71c71cp-1,
    0x1.c0e070381c0e0p-1, 0x1.bacf914c1bad0p-1, 0x1.b4e81b4e81b4fp-1, 0x1.af286bca1af28p-1,
    0x1.a98ef606a63bep-1, 0x1.a41a41a41a41ap-1, 0x1.9ec8e951033d9p-1, 0x1.999999999999ap-1,
    0x1.948b0fcd6e9e0p-1, 0x1.8f9c18f9c18fap-1, 0x1.8acb90f6bf3aap-1, 0x1.8618618618618p-1,
    0x1.8181818181818p-1, 0x1.7d05f417d05f4p-1, 0x1.78a4c8178a4c8p-1, 0x1.745d1745d1746p-1,
    0x1.702e05c0b8170p-1, 0x1.6c16c16c16c17p-1, 0x1.6816816816817p-1};
static const double LOG_HIGH[47] = {
    -0x1.68ac83ea00000p-2, -0x1.522ae07400000p-2, -0x1.3c25277400000p-2, -0x1.2696211400000p-2,
    -0x1.1178e82200000p-2, -0x1.f991c6cc00000p-3, -0x1.d1037f2800000p-3, -0x1.a93ed3c800000p-3,
    -0x1.823c165400000p-3, -0x1.5bf406b400000p-3, -0x1.365fcb0000000p-3, -0x1.1178e82400000p-3,
    -0x1.da72763800000p-4, -0x1.9335e5d800000p-4, -0x1.4d3115d000000p-4, -0x1.08598b5800000p-4,
    -0x1.894aa15000000p-5, -0x1.0415d8a000000p-5, -0x1.0205658000000p-6, 0.0,
    0x1.fc0a8b0000000p-7,  0x1.f829b0e000000p-6,  0x1.77458f6000000p-5,  0x1.f0a30c0000000p-5,
    0x1.341d796000000p-4,  0x1.6f0d28b000000p-4,  0x1.a926d3a800000p-4,  0x1.e27076e000000p-4,
    0x1.0d77e7cc00000p-3,  0x1.29552f8000000p-3,  0x1.44d2b6cc00000p-3,  0x1.5ff3070c00000p-3,
    0x1.7ab8902000000p-3,  0x1.9525a9d000000p-3,  0x1.af3c94e800000p-3,  0x1.c8ff7c7800000p-3,
    0x1.e27076e400000p-3,  0x1.fb9186d400000p-3,  0x1.0a324e2800000p-2,  0x1.1675caba00000p-2,
    0x1.22941fbc00000p-2,  0x1.2e8e2bae00000p-2,  0x1.3a64c55600000p-2,  0x1.4618bc2200000p-2,
    0x1.51aad87200000p-2,  0x1.5d1bdbf600000p-2,  0x1.686c81ea00000p-2};
static const double LOG_LOW[47] = {
    0x1.caf5f2cd8a914p-37,  0x1.d70a0c7bf4d9cp-36,  0x1.99cf895693f28p-35,  0x1.648db0f882913p-35,
    -0x1.f91ef78ce2d08p-36, 0x1.8990d04cd7cc8p-36,  0x1.aa184a7e75b6fp-35,  -0x1.5b3c6de57d4efp-36,
    -0x1.1a3c1bb734c64p-35, -0x1.43db1fb8292edp-35, -0x1.590162fa8234bp-35, 0x1.81b8421cc74bep-35,
    -0x1.11a89401fa717p-38, 0x1.35b3ba8f150aep-35,  -0x1.03f562ed3e859p-35, -0x1.e3a0688a3fd9cp-36,
    0x1.8132f32ba0b45p-35,  0x1.8bbbb8fe8c38ap-37,  -0x1.26b08e93e4742p-35, 0.0,
    0x1.f807c79f3db4fp-36,  0x1.e0cc0133e3f05p-36,  0x1.96e7e231a7951p-36,  0x1.162a6617cc971p-37,
    0x1.bd1d092998376p-36,  -0x1.a94b4641b6646p-36, -0x1.a954e4d7a16ebp-35, 0x1.57972f4f54400p-35,
    0x1.08e596697717ap-35,  0x1.ff5234c05dc71p-35,  0x1.6fa3ccfa7b2a2p-36,  -0x1.86c2c378c1df6p-35,
    0x1.0d9091be36b2dp-35,  -0x1.75297137d9f16p-36, 0x1.7fe5b19cc0327p-40,  0x1.a9a21ac25d81fp-35,
    -0x1.50d1a16157800p-35, 0x1.e3e2a8d55466cp-35,  -0x1.8de39411810c0p-35, 0x1.74c1c07398fabp-35,
    0x1.ef2cb44850a7bp-35,  0x1.1d309c2cc91a8p-38,  0x1.28bd38e5e6b9bp-35,  -0x1.d09ec17a42642p-37,
    0x1.bf05a13927ac2p-35,  -0x1.fd8d6bdc9c7c2p-36, -0x1.3ad44eef507c0p-36};

/* 0, infinite, below 0, NaN; subnormal numbers are scaled by 2^54, which is exact. */
static double log_at_the_ends(double x)
{
    if (x != x || x < 0.0) return from_bits(0x7ff8000000000000u);
    if (x == 0.0) return -INFINITE;
    if (x > 1.7976931348623157e308) return x;
    return tl_log(x * 18014398509481984.0) - 54 * (LN2_HIGH + LN2_LOW);
}

double tl_log(double x)
{
    const uint64_t SMALLEST = 1ull << 52, HALF_ROOT = 0x3fe6a09e667f3bcdu;
    uint64_t bits = bits_of(x);
    if (bits - SMALLEST >= 0x7ff0000000000000u - SMALLEST) return log_at_the_ends(x);
    uint64_t above = bits - HALF_ROOT; /* x = 2^k z, z within [1/sqrt 2, sqrt 2) */
    double k = (double)((int64_t)above >> 52);
    double z = from_bits(bits - (above & 0xfff0000000000000u));
    int i = (int)(z * 64 + 0.5);
    double r = (z - (double)i * (1.0 / 64)) * LOG_INVERSE[i - LOG_FIRST]; /* |r| < .011 */
    double square = r * r, fourth = square * square;
    double p = square * ((-1.0 / 2 + r * (1.0 / 3)) + square * (-1.0 / 4 + r * (1.0 / 5)) +
                         fourth * ((-1.0 / 6 + r * (1.0 / 7)) - square * (1.0 / 8)));
    double high = k * LN2_HIGH + LOG_HIGH[i - LOG_FIRST];
    double low = k * LN2_LOW + LOG_LOW[i - LOG_FIRST];
    return high + (r + (low + p));
}

double tl_pow(double x, double y)
{
    return tl_exp(y * tl_log(x));
}

double tl_norm_pdf(double x)
{
    return TL_INV_SQRT_2PI * tl_exp(-0.5 * x * x);
}

/* N(-y) e^(y^2/2) beyond the table: Cody's third region. */
static double far_tail(double y)
{
    static const double P[6] = {.21589853405795699,    .1274011611602473639,
                                .022235277649127416,   .001421619193227893466,
                                2.9112874951168792e-5, .02307344176494017303};
    static const double Q[5] = {1.28426009614491121, .468238212480865118, .0659881378689285515,
                                .00378239633202758244, 7.29751555083966205e-5};
    double inverse = 1.0 / (y * y), num = P[5] * inverse, den = inverse;
    for (int i = 0; i < 4; i++) {
        num = (num + P[i]) * inverse;
        den = (den + Q[i]) * inverse;
    }
    double r = inverse * (num + P[4]) / (den + Q[4]);
    return (TL_INV_SQRT_2PI - r) / y;
}

double tl_norm_cdf_given(double x, double gauss, double *mirror)
{
    double y = tl_abs(x), tail;
    if (y <= TL_NORMAL_TAIL_END) {
        tail = gauss * tl_normal_tail(y);
    } else if (y < 38.0) {
        tail = gauss * far_tail(y);
    } else {
        tail = x != x ? x : 0.0;
    }
    *mirror = x > 0 ? tail : 1.0 - tail;
    return x > 0 ? 1.0 - tail : tail;
}

double tl_norm_cdf_pair(double x, double *mirror)
{
    return tl_norm_cdf_given(x, tl_exp(-0.5 * x * x), mirror);
}

double tl_norm_cdf(double x)
{
    double mirror;
    return tl_norm_cdf_pair(x, &mirror);
}

/* Ratio of two polynomials of degree 7, highest coefficient last. */
static double rational7(const double num[8], const double den[8], double x)
{
    double n = ((num[7] * x + num[6]) * x + num[5]) * x + num[4];
    double d = ((den[7] * x + den[6]) * x + den[5]) * x + den[4];
    n = (((n * x + num[3]) * x + num[2]) * x + num[1]) * x + num[0];
    d = (((d * x + den[3]) * x + den[2]) * x + den[1]) * x + den[0];
    return n / d;
}

double tl_norm_inv(double p)
{
    static const double A[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double B[8] = {1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    static const double C[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double D[8] = {1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    static const double E[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double F[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    double q = p - 0.5;
    if (tl_abs(q) <= 0.425) return q * rational7(A, B, 0.180625 - q * q);
    double r = q < 0 ? p : 1.0 - p;
    if (!(r > 0)) return q < 0 ? -INFINITE : INFINITE;
    r = tl_sqrt(-tl_log(r));
    double x = r <= 5.0 ? rational7(C, D, r - 1.6) : rational7(E, F, r - 5.0);
    return q < 0 ? -x : x;
}

/* Taylor series of sin and cos of 2 pi t for |t| <= 1/8 turn: remainder below 1e-14. */
static double cos_octant(double t)
{
    double x = 6.28318530717958647693 * t;
    double z = x * x;
    double y = 1.0 / 479001600 - z * (1.0 / 87178291200.0);
    y = 1.0 / 3628800 - z * y;
    y = 1.0 / 40320 - z * y;
    y = 1.0 / 720 - z * y;
    y = 1.0 / 24 - z * y;
    y = 0.5 - z * y;
    return 1.0 - z * y;
}

static double sin_octant(double t)
{
    double x = 6.28318530717958647693 * t;
    double z = x * x;
    double y = 1.0 / 39916800 - z * (1.0 / 6227020800.0);
    y = 1.0 / 362880 - z * y;
    y = 1.0 / 5040 - z * y;
    y = 1.0 / 120 - z * y;
    y = 1.0 / 6 - z * y;
    return x * (1.0 - z * y);
}

double tl_cos_2pi(double turns)
{
    double t = tl_abs(turns);
    t -= tl_floor(t);
    if (t > 0.5) t = 1.0 - t; /* [0, 1/2] */
    if (t <= 0.125) return cos_octant(t);
    if (t <= 0.375) return -sin_octant(t - 0.25);
    return -cos_octant(0.5 - t);
}

/* n / 10^digits, correctly rounded (half to even). n < 2^68, digits <= 8. */
static double decimal_ratio(wide n, uint64_t power)
{
    if (n < (wide)1 << 53) return (double)(uint64_t)n / (double)power; /* one exact rounding */
    const int shift = 40; /* quotient has at least 53 - 27 + 40 = 66 bits; n << 40 fits 108 bits */
    wide scaled = n << shift;
    wide quotient = 0;
    uint64_t rest_of = 0; /* by 32-bit digits: a power below 2^27 leaves room for the carry */
    for (int digit = 3; digit >= 0; digit--) {
        uint64_t part = rest_of << 32 | (uint64_t)(scaled >> (32 * digit) & 0xffffffffu);
        quotient = quotient << 32 | part / power;
        rest_of = part % power;
    }
    bool sticky = rest_of != 0;
    int extra = 0;
    while (quotient >> (53 + extra))
        extra++;
    wide rest = quotient & (((wide)1 << extra) - 1);
    uint64_t mantissa = (uint64_t)(quotient >> extra);
    wide half = (wide)1 << (extra - 1);
    if (rest > half || (rest == half && (sticky || (mantissa & 1)))) mantissa++;
    return (double)mantissa * power_of_two(extra - shift);
}

double tl_round_js(double x, int digits)
{
    static const uint64_t POWERS[9] = {1,      10,      100,      1000,     10000,
                                       100000, 1000000, 10000000, 100000000};
    uint64_t bits = bits_of(x);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) return 0.0;
    if (exponent >= 1075) return x; /* an integer already */
    if (exponent == 0) return 0.0;
    int shift = 1075 - exponent; /* |x| = mantissa / 2^shift */
    if (shift >= 120) return 0.0;
    wide scaled = (wide)((bits & 0xfffffffffffffu) | 1ull << 52) * POWERS[digits];
    wide n = scaled >> shift;
    n += scaled >> (shift - 1) & 1; /* the half bit: ties and above go away from zero */
    double magnitude = decimal_ratio(n, POWERS[digits]);
    return bits >> 63 && n ? -magnitude : magnitude;
}

int64_t tl_floor_div(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
}

int64_t tl_px_from_usd_nearest(double usd)
{
    double scaled = usd * 10000.0;
    return (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5));
}
