/* SPDX-License-Identifier: Apache-2.0
 * Elementary functions from + - * / and sqrt alone, so that every compiler and CPU gives the same
 * bits (build with -ffp-contract=off).
 *
 * exp and log follow the argument reductions and minimax polynomials published with FreeBSD's
 * msun (Sun Microsystems, 1993), below 1 ulp each. The normal distribution function is Cody's
 * rational approximation (Math. Comp. 23, 1969; ACM TOMS 715), its inverse Wichura's AS241. Limits
 * stand in the header; tests/unit/test_base_math.c holds the known answers. */
#include "base/math.h"

#include <stdbool.h>
#include <string.h>

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

double tl_exp(double x)
{
    if (x != x) return x;
    if (x > 709.782712893383973096) return INFINITE;
    if (x < -745.13321910194110842) return 0.0;
    int k = (int)(1.44269504088896338700 * x + (x < 0 ? -0.5 : 0.5));
    double high = x - (double)k * LN2_HIGH;
    double low = (double)k * LN2_LOW;
    double r = high - low;
    double t = r * r;
    double c =
        r - t * (1.66666666666666019037e-01 +
                 t * (-2.77777777770155933842e-03 +
                      t * (6.61375632143793436117e-05 +
                           t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    if (k >= -1021 && k <= 1023) return y * power_of_two(k);
    if (k > 1023) return y * 2.0 * power_of_two(1023);
    return y * power_of_two(k + 1000) * power_of_two(-1000);
}

double tl_log(double x)
{
    if (x != x || x < 0.0) return from_bits(0x7ff8000000000000u);
    if (x == 0.0) return -INFINITE;
    if (x > 1.7976931348623157e308) return x;
    int k = 0;
    if (x < 2.2250738585072014e-308) { /* subnormal: scale by 2^54, exact */
        x *= 18014398509481984.0;
        k = -54;
    }
    uint64_t bits = bits_of(x);
    k += (int)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
    if (bits >= 0x3ff6a09e667f3bcdu) { /* mantissa above sqrt 2: halve, so that f is small */
        bits -= 1ull << 52;
        k++;
    }
    double f = from_bits(bits) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double w = z * z;
    double t1 = w * (3.999999999940941908e-01 +
                     w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 +
                          w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f;
    double dk = (double)k;
    return dk * LN2_HIGH - ((half - (s * (half + (t1 + t2)) + dk * LN2_LOW)) - f);
}

double tl_pow(double x, double y)
{
    return tl_exp(y * tl_log(x));
}

double tl_norm_pdf(double x)
{
    return 0.39894228040143267794 * tl_exp(-0.5 * x * x);
}

/* tl_exp(-h^2/2) for h = 0, 1/16, ... 90/16, bit for bit: what the head of a square needs up to the
 * edge of Cody's middle range. */
static const double GAUSS_HEADS[91] = {0x1p+0,
                                       0x1.ff003ff556aa9p-1,
                                       0x1.fc03fd56aa225p-1,
                                       0x1.f71421c20d55dp-1,
                                       0x1.f03f56a88b5d8p-1,
                                       0x1.e799bcd421824p-1,
                                       0x1.dd3c89b26894ep-1,
                                       0x1.d1458d08af1e4p-1,
                                       0x1.c3d6a24ed8222p-1,
                                       0x1.b515116ab0fep-1,
                                       0x1.a528e2e1d9f0ap-1,
                                       0x1.943c2bd25bfdbp-1,
                                       0x1.827a561889716p-1,
                                       0x1.700f68fc1ca04p-1,
                                       0x1.5d275690582dp-1,
                                       0x1.49ed51a6121a5p-1,
                                       0x1.368b2fc6f960ap-1,
                                       0x1.2328da33ce9eep-1,
                                       0x1.0febd05111292p-1,
                                       0x1.f9ed7aa904115p-2,
                                       0x1.d4d244cf4ea9ep-2,
                                       0x1.b0be2babacbfep-2,
                                       0x1.8de22e890adb3p-2,
                                       0x1.6c67f0ceeee09p-2,
                                       0x1.4c71b2477ab2p-2,
                                       0x1.2e1a6b4f64a4bp-2,
                                       0x1.1176094a8923cp-2,
                                       0x1.ed238e618047dp-3,
                                       0x1.bae93b5663054p-3,
                                       0x1.8c3f8c134e7d4p-3,
                                       0x1.611e969df99c8p-3,
                                       0x1.3975496057ad8p-3,
                                       0x1.152aaa3bf81ccp-3,
                                       0x1.e83e2f22cc704p-4,
                                       0x1.ac5b07e627559p-4,
                                       0x1.76594c65016cap-4,
                                       0x1.45e031007d65fp-4,
                                       0x1.1a92c4d24aa69p-4,
                                       0x1.e823aa2ad98fp-5,
                                       0x1.a3fb377654885p-5,
                                       0x1.67ee6d9ff847cp-5,
                                       0x1.3343d016f3e5fp-5,
                                       0x1.05483acce68b6p-5,
                                       0x1.baa1135b1842fp-6,
                                       0x1.7575b95bca51p-6,
                                       0x1.39df00a18e7d6p-6,
                                       0x1.06c30735c8e45p-6,
                                       0x1.b63c147d2a86ap-7,
                                       0x1.6c0504695c417p-7,
                                       0x1.2d31aa24482eep-7,
                                       0x1.f07ac6de3e81ep-8,
                                       0x1.97989ad57dd28p-8,
                                       0x1.4d5215032c158p-8,
                                       0x1.0f847de769433p-8,
                                       0x1.b89f7b0cd6848p-9,
                                       0x1.6421904e9f66bp-9,
                                       0x1.1eb805a03296cp-9,
                                       0x1.cbdefd2991d68p-10,
                                       0x1.6f5ba37f0818cp-10,
                                       0x1.244fd3bd567dcp-10,
                                       0x1.cf6128ab46776p-11,
                                       0x1.6dd91f22f4b1ep-11,
                                       0x1.1fb8093e046f3p-11,
                                       0x1.c2c8f521f84cbp-12,
                                       0x1.5fc21041027adp-12,
                                       0x1.116a380abfd69p-12,
                                       0x1.a7622a64d7facp-13,
                                       0x1.4686ea0868bd8p-13,
                                       0x1.f5b15b1510d8fp-14,
                                       0x1.7fe920762456cp-14,
                                       0x1.24a2835916c22p-14,
                                       0x1.bc6181374c0a7p-15,
                                       0x1.5017922d4b0f7p-15,
                                       0x1.fa66b3fab48bap-16,
                                       0x1.7c04b9de387e2p-16,
                                       0x1.1c10b8c0222fep-16,
                                       0x1.a70635783271bp-17,
                                       0x1.39c064b951211p-17,
                                       0x1.cf98a910cb9eap-18,
                                       0x1.552ae183f2d8ap-18,
                                       0x1.f42ed3f68e69p-19,
                                       0x1.6d3a44b1719f8p-19,
                                       0x1.09a5283182536p-19,
                                       0x1.80ec400d0fa8dp-20,
                                       0x1.15caa3cf88f3ep-20,
                                       0x1.8f640445d31d4p-21,
                                       0x1.1dfd5bdb0b15fp-21,
                                       0x1.97fa448d2848p-22,
                                       0x1.21dd72e8b8a28p-22,
                                       0x1.9a49bd99d00e6p-23,
                                       0x1.213cf1b6e88e3p-23};

/* exp(-y^2/2) with the square split at 1/16, so that the large part is exact (Cody). 0 <= y < 2^20 */
static double gauss_tail(double y)
{
    int steps = (int)(y * 16.0);
    double head = (double)steps / 16.0;
    double rest = (y - head) * (y + head);
    double large = steps <= 90 ? GAUSS_HEADS[steps] : tl_exp(-0.5 * head * head);
    return large * tl_exp(-0.5 * rest);
}

double tl_norm_cdf_pair(double x, double *mirror)
{
    static const double A[5] = {2.2352520354606839287, 161.02823106855587881, 1067.6894854603709582,
                                18154.981253343561249, .065682337918207449113};
    static const double B[4] = {47.20258190468824187, 976.09855173777669322, 10260.932208618978205,
                                45507.789335026729956};
    static const double C[9] = {
        .39894151208813466764, 8.8831497943883759412, 93.506656132177855979,
        597.27027639480026226, 2494.5375852903726711, 6848.1904505362823326,
        11602.651437647350124, 9842.7148383839780218, 1.0765576773720192317e-8};
    static const double D[8] = {22.266688044328115691, 235.38790178262499861, 1519.377599407554805,
                                6485.558298266760755,  18615.571640885098091, 34900.952721145977266,
                                38912.003286093271411, 19685.429676859990727};
    static const double P[6] = {.21589853405795699,    .1274011611602473639,
                                .022235277649127416,   .001421619193227893466,
                                2.9112874951168792e-5, .02307344176494017303};
    static const double Q[5] = {1.28426009614491121, .468238212480865118, .0659881378689285515,
                                .00378239633202758244, 7.29751555083966205e-5};
    *mirror = x;
    if (x != x) return x;
    double y = tl_abs(x);
    double tail;
    if (y <= 0.67448975) {
        double square = y * y;
        double num = A[4] * square, den = square;
        for (int i = 0; i < 3; i++) {
            num = (num + A[i]) * square;
            den = (den + B[i]) * square;
        }
        double half = x * (num + A[3]) / (den + B[3]); /* odd in x, signs are exact */
        *mirror = 0.5 - half;
        return 0.5 + half;
    }
    if (y <= 5.656854249492380195) {
        double num = C[8] * y, den = y;
        for (int i = 0; i < 7; i++) {
            num = (num + C[i]) * y;
            den = (den + D[i]) * y;
        }
        tail = gauss_tail(y) * (num + C[7]) / (den + D[7]);
    } else if (y < 38.0) {
        double inverse = 1.0 / (y * y);
        double num = P[5] * inverse, den = inverse;
        for (int i = 0; i < 4; i++) {
            num = (num + P[i]) * inverse;
            den = (den + Q[i]) * inverse;
        }
        double r = inverse * (num + P[4]) / (den + Q[4]);
        tail = gauss_tail(y) * (0.39894228040143267794 - r) / y;
    } else {
        tail = 0.0;
    }
    *mirror = x > 0 ? tail : 1.0 - tail;
    return x > 0 ? 1.0 - tail : tail;
}

double tl_norm_cdf(double x)
{
    double mirror;
    return tl_norm_cdf_pair(x, &mirror);
}

/* Ratio of two polynomials of degree 7, highest coefficient last. */
static double rational7(const double num[8], const double den[8], double x)
{
    double n = num[7], d = den[7];
    for (int i = 6; i >= 0; i--) {
        n = n * x + num[i];
        d = d * x + den[i];
    }
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
