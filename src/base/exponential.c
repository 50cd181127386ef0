/* SPDX-License-Identifier: Apache-2.0
 * The exponential law without a logarithm: the ziggurat of Marsaglia and Tsang (J. Stat. Software 5,
 * 2000). The area under e^-x is covered by 128 layers of one size, the lowest of them with the tail; a
 * point of a layer is drawn, and kept when it lies under the curve. 96 of 100 points lie where all of
 * their layer does, and take one word, one comparison and one product.
 *
 * The low bits of a word are the layer, the upper 25 the place in it. The tail beyond the lowest layer's
 * corner is the corner and another draw, since the law has no memory.
 *
 * Limits: places have 25 bits and a half, so no draw is 0. */
#include "base/exponential.h"

#include "base/math.h"
#include "base/rng.h"

static const double CORNER = 0x1.b97dfeafd7769p+2; /* 6.898315, of the lowest layer */

const struct tl_exponential_layer tl_exponential_layers[TL_EXPONENTIAL_LAYERS] = {
    {0x1.f97dfeafd7769p-23, 29306129}, {0x1.b97dfeafd7769p-23, 29842491},
    {0x1.88a6ffe3724e6p-23, 30983262}, {0x1.6a908c1ad3bb9p-23, 31535327},
    {0x1.54bf676ca42cbp-23, 31865371}, {0x1.43985b74fe187p-23, 32086543},
    {0x1.3570624595364p-23, 32245817}, {0x1.295ef6be459bdp-23, 32366346},
    {0x1.1ed77bca0f8b1p-23, 32460923}, {0x1.157e6b3990501p-23, 32537213},
    {0x1.0d14db18325a5p-23, 32600102}, {0x1.056daf420f5bap-23, 32652856},
    {0x1.fccee95f9b0d4p-24, 32697748}, {0x1.efd15acbddfefp-24, 32736409},
    {0x1.e3baf261e0199p-24, 32770039}, {0x1.d86c1771711a6p-24, 32799545},
    {0x1.cdcb41c672821p-24, 32825623}, {0x1.c3c383b008e9cp-24, 32848820},
    {0x1.ba437e49a4044p-24, 32869566}, {0x1.b13c9dbbb93c7p-24, 32888209},
    {0x1.a8a2876aa47aep-24, 32905034}, {0x1.a06aab87f86cap-24, 32920271},
    {0x1.988bf031b629ap-24, 32934115}, {0x1.90fe6f56919d7p-24, 32946727},
    {0x1.89bb4299b0186p-24, 32958243}, {0x1.82bc59cbf6682p-24, 32968779},
    {0x1.7bfc597ff7bdbp-24, 32978435}, {0x1.75767fe4ae7b0p-24, 32987294},
    {0x1.6f268e89cedccp-24, 32995431}, {0x1.6908b805f8bf7p-24, 33002909},
    {0x1.631990b569c41p-24, 33009784}, {0x1.5d5601f5df580p-24, 33016105},
    {0x1.57bb3f66bd886p-24, 33021914}, {0x1.5246bdce842ebp-24, 33027250},
    {0x1.4cf62b5a62c29p-24, 33032146}, {0x1.47c768fbef669p-24, 33036631},
    {0x1.42b884b4cf8e4p-24, 33040732}, {0x1.3dc7b4a956e05p-24, 33044472},
    {0x1.38f352da61993p-24, 33047871}, {0x1.3439d96c6fa38p-24, 33050950},
    {0x1.2f99df669c40ap-24, 33053723}, {0x1.2b1215d7bd61ep-24, 33056206},
    {0x1.26a14552efbd6p-24, 33058413}, {0x1.22464bb73f8b9p-24, 33060354},
    {0x1.1e001a3817343p-24, 33062041}, {0x1.19cdb39dbbeebp-24, 33063483},
    {0x1.15ae2ab676532p-24, 33064688}, {0x1.11a0a0f220220p-24, 33065663},
    {0x1.0da44522bc330p-24, 33066415}, {0x1.09b8525d8257cp-24, 33066950},
    {0x1.05dc0ef86e185p-24, 33067271}, {0x1.020ecba0ea27ap-24, 33067384},
    {0x1.fc9fc5114fa48p-25, 33067292}, {0x1.f53d6d4c2a5a3p-25, 33066996},
    {0x1.edf5660c72c84p-25, 33066501}, {0x1.e6c6945c0d68fp-25, 33065805},
    {0x1.dfafeb12deaedp-25, 33064912}, {0x1.d8b069cd7f243p-25, 33063821},
    {0x1.d1c71bf9d9462p-25, 33062532}, {0x1.caf317f75ef97p-25, 33061044},
    {0x1.c4337e48c8334p-25, 33059356}, {0x1.bd8778d587034p-25, 33057466},
    {0x1.b6ee3a394feb3p-25, 33055372}, {0x1.b066fd2041707p-25, 33053070},
    {0x1.a9f103ae5c01bp-25, 33050558}, {0x1.a38b96f11c6b6p-25, 33047831},
    {0x1.9d36065a27d10p-25, 33044885}, {0x1.96efa74210fd6p-25, 33041713},
    {0x1.90b7d47254551p-25, 33038311}, {0x1.8a8dedb5ba278p-25, 33034672},
    {0x1.8471576e5ed8ap-25, 33030787}, {0x1.7e617a30ada87p-25, 33026649},
    {0x1.785dc262a5ebap-25, 33022249}, {0x1.72659fdecb83ep-25, 33017576},
    {0x1.6c78859a2a6cdp-25, 33012620}, {0x1.6695e94cda5b0p-25, 33007369},
    {0x1.60bd431c72bd9p-25, 33001809}, {0x1.5aee0d47e0f55p-25, 32995927},
    {0x1.5527c3d41239bp-25, 32989706}, {0x1.4f69e438e05b2p-25, 32983129},
    {0x1.49b3ed0dac3dcp-25, 32976177}, {0x1.44055db50a536p-25, 32968830},
    {0x1.3e5db606dc56dp-25, 32961066}, {0x1.38bc75f827bc9p-25, 32952858},
    {0x1.33211d3fe958dp-25, 32944181}, {0x1.2d8b2af8141f3p-25, 32935003},
    {0x1.27fa1d39d2043p-25, 32925293}, {0x1.226d70b4021d9p-25, 32915013},
    {0x1.1ce4a03acd38ep-25, 32904124}, {0x1.175f244f0101fp-25, 32892580},
    {0x1.11dc729baffcep-25, 32880333}, {0x1.0c5bfd6858206p-25, 32867327},
    {0x1.06dd32fd885bcp-25, 32853501}, {0x1.015f7cf9a3b89p-25, 32838787},
    {0x1.f7c47f25e650dp-26, 32823107}, {0x1.ecc9b18760c79p-26, 32806375},
    {0x1.e1cd3eb81c187p-26, 32788493}, {0x1.d6cdc3eae61c8p-26, 32769350},
    {0x1.cbc9cb823be9dp-26, 32748821}, {0x1.c0bfca5643a92p-26, 32726762},
    {0x1.b5ae1c922c400p-26, 32703008}, {0x1.aa93021395b58p-26, 32677368},
    {0x1.9f6c9a316f1cfp-26, 32649623}, {0x1.9438dec8f8a29p-26, 32619516},
    {0x1.88f59e66caa4fp-26, 32586747}, {0x1.7da0755627bb2p-26, 32550960},
    {0x1.7236c55169a69p-26, 32511736}, {0x1.66b5ab7984be0p-26, 32468571},
    {0x1.5b19f41e346e7p-26, 32420855}, {0x1.4f600bb91ed3ep-26, 32367848},
    {0x1.4383ec472b648p-26, 32308638}, {0x1.378105dcd00b7p-26, 32242090},
    {0x1.2b5220e04de97p-26, 32166772}, {0x1.1ef137ac9cb4bp-26, 32080854},
    {0x1.12574461a722ep-26, 31981957}, {0x1.057bfe1d4e451p-26, 31866936},
    {0x1.f0aafccf4fa37p-27, 31731534}, {0x1.d5af8738e51a0p-27, 31569862},
    {0x1.b9e7fca113724p-27, 31373519}, {0x1.9d2f175ec97bfp-27, 31130116},
    {0x1.7f54d1117336bp-27, 30820595}, {0x1.60197a36dadaep-27, 30414086},
    {0x1.3f258bfc845c6p-27, 29857171}, {0x1.1bfb1a5b9a99bp-27, 29049008},
    {0x1.ebb348f4df850p-28, 27774788}, {0x1.9701abb8e64e5p-28, 25487035},
    {0x1.3526ae8abce12p-28, 20303352}, {0x1.76206d3159956p-29, 0}};

/* e^-x at the right edge of each layer, from the lowest up, and at 0. */
static const double HEIGHTS[TL_EXPONENTIAL_LAYERS + 1] = {
    0x1.85688891de90dp-12, 0x1.08a161dc00ff5p-10, 0x1.1bcfaabdb6024p-9, 0x1.c626a3d0e0d26p-9,
    0x1.3f502f7a000cep-8,  0x1.a174e7eefc105p-8,  0x1.0466b20366ee7p-7, 0x1.3a7019b3ea22dp-7,
    0x1.72aae62e98fb5p-7,  0x1.acf6180445c74p-7,  0x1.e9380138cb2f5p-7, 0x1.13ae16fa52eb7p-6,
    0x1.33a9061414c3dp-6,  0x1.548601a92d2e9p-6,  0x1.763f68ef2e01bp-6, 0x1.98d08bd41df80p-6,
    0x1.bc357f7436352p-6,  0x1.e06afd1e5d966p-6,  0x1.02b72470355f9p-5, 0x1.159e8ec93838dp-5,
    0x1.28eace7cf54c3p-5,  0x1.3c9b2183ad6d3p-5,  0x1.50aeedbbed723p-5, 0x1.6525bcaa725efp-5,
    0x1.79ff37f75aabfp-5,  0x1.8f3b268304801p-5,  0x1.a4d969f5cddb3p-5, 0x1.bad9fcb46c338p-5,
    0x1.d13cf0276b2aap-5,  0x1.e8026b480c9a4p-5,  0x1.ff2aa96791bbcp-5, 0x1.0b5afc940fd07p-4,
    0x1.17525dd010fd3p-4,  0x1.237bb1d132191p-4,  0x1.2fd73a931409dp-4, 0x1.3c654265ad61ap-4,
    0x1.49261bbbdc613p-4,  0x1.561a210520a4fp-4,  0x1.6341b49167ab9p-4, 0x1.709d407e085dbp-4,
    0x1.7e2d36ab32b72p-4,  0x1.8bf210b93b4c5p-4,  0x1.99ec500d47e5cp-4, 0x1.a81c7ddcfbd37p-4,
    0x1.b6832b40d8bcfp-4,  0x1.c520f14d1c356p-4,  0x1.d3f67130f3c91p-4, 0x1.e304545bf1057p-4,
    0x1.f24b4ca9b5808p-4,  0x1.00e60a49ee3b8p-3,  0x1.08c3b7b51a3c6p-3, 0x1.10bf14c8b4056p-3,
    0x1.18d88c64202bcp-3,  0x1.21108e39dc96ap-3,  0x1.29678ef914eafp-3, 0x1.31de087ae976bp-3,
    0x1.3a7479f39739ap-3,  0x1.432b6827b68a3p-3,  0x1.4c035da5cd1dcp-3, 0x1.54fceb04780cap-3,
    0x1.5e18a7257ad17p-3,  0x1.67572f7e0968cp-3,  0x1.70b92864adb08p-3, 0x1.7a3f3d653319ep-3,
    0x1.83ea219b0fd77p-3,  0x1.8dba9012d00e3p-3,  0x1.97b14c33166f4p-3, 0x1.a1cf222dd6313p-3,
    0x1.ac14e77a7ce6fp-3,  0x1.b6837b59d77b6p-3,  0x1.c11bc76494f81p-3, 0x1.cbdec02564179p-3,
    0x1.d6cd65bfc66ffp-3,  0x1.e1e8c4a4d5c66p-3,  0x1.ed31f6575e7aap-3, 0x1.f8aa2240ddaf9p-3,
    0x1.02293f4c91dfcp-2,  0x1.081628b14a595p-2,  0x1.0e1c78bea1077p-2, 0x1.143ce3e9b2700p-2,
    0x1.1a7828510b071p-2,  0x1.20cf0e70c4088p-2,  0x1.274269e83d250p-2, 0x1.2dd31a539372fp-2,
    0x1.34820c3b45dc3p-2,  0x1.3b503a1cd4d3bp-2,  0x1.423ead8f992d5p-2, 0x1.494e80898feddp-2,
    0x1.5080dec872f54p-2,  0x1.57d707642db7ap-2,  0x1.5f524e90983f5p-2, 0x1.66f41f9569923p-2,
    0x1.6ebdff048f717p-2,  0x1.76b18d38993e5p-2,  0x1.7ed08926b711ap-2, 0x1.871cd39209e63p-2,
    0x1.8f9872b0c177ep-2,  0x1.98459656eba40p-2,  0x1.a1269cbf16534p-2, 0x1.aa3e180e35c43p-2,
    0x1.b38ed4b6f7770p-2,  0x1.bd1be0e9343f4p-2,  0x1.c6e8954527bedp-2, 0x1.d0f89f183de8cp-2,
    0x1.db500c7bc477dp-2,  0x1.e5f35ac62d28fp-2,  0x1.f0e787e00410ap-2, 0x1.fc3227397a138p-2,
    0x1.03ecbdac85dd4p-1,  0x1.09f24aa722389p-1,  0x1.102dbde3a5e51p-1, 0x1.16a3ae1665448p-1,
    0x1.1d59648b6f910p-1,  0x1.24550567ca0b4p-1,  0x1.2b9dc456f0afap-1, 0x1.333c2aa7f4633p-1,
    0x1.3b3a766fe0ef6p-1,  0x1.43a51e7f1d47ap-1,  0x1.4c8b8e22edd8cp-1, 0x1.5601385d4b868p-1,
    0x1.601f39cda031fp-1,  0x1.6b06eed20d02dp-1,  0x1.76e644d6d05d5p-1, 0x1.83ff6cedba77bp-1,
    0x1.92b7cf098951bp-1,  0x1.a3b8a87d713b4p-1,  0x1.b8434a422e608p-1, 0x1.d34e6f0e1efafp-1,
    0x1.0000000000000p+0};

double tl_exponential_beyond(struct tl_rng *rng, uint32_t word)
{
    double passed = 0;
    for (;;) { /* ends with probability 0.96 each time */
        uint32_t at = word % TL_EXPONENTIAL_LAYERS, place = word >> TL_EXPONENTIAL_BITS;
        const struct tl_exponential_layer *layer = &tl_exponential_layers[at];
        double x = ((double)place + 0.5) * layer->unit;
        if (place < layer->inside) return passed + x;
        if (at == 0) {
            passed += CORNER;
        } else {
            double y = HEIGHTS[at] + tl_rng_uniform(rng) * (HEIGHTS[at + 1] - HEIGHTS[at]);
            if (y < tl_exp(-x)) return passed + x;
        }
        word = tl_rng_u32(rng);
    }
}
