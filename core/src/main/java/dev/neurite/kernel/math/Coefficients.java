package dev.neurite.kernel.math;

/// The coefficients of [dev.neurite.kernel.ScalarMath] and of activations, shared by both engines.
// The polynomials of exp and tanh are those of Cephes 2.2 (Moshier), single precision. The others are our own
// minimax fits (Lawson's algorithm; coefficients are rounded to float one by one, from the lowest, and the rest is
// fitted again). Comments give their relative errors.
public final class Coefficients {
    public static final float LOG2_E = 1.442695f;
    public static final float LN2_HIGH = 0.6931472f;
    public static final float LN2_LOW = -1.9046542e-9f;

    /// Adding 1.5·2²³ rounds to an integer, which is then in the low bits.
    public static final float ROUNDER = 12582912f;

    public static final float EXP_LOWEST = -104f; // below, e^x rounds to 0
    public static final float EXP_HIGHEST = 89f; // above, e^x overflows
    public static final float E5 = 0.00019875691f;
    public static final float E4 = 0.0013981999f;
    public static final float E3 = 0.008333452f;
    public static final float E2 = 0.041665796f;
    public static final float E1 = 0.16666666f;
    public static final float E0 = 0.5f;

    public static final float TANH_SMALL = 0.625f;
    public static final float T4 = -0.0057049887f;
    public static final float T3 = 0.020639088f;
    public static final float T2 = -0.053739715f;
    public static final float T1 = 0.13331442f;
    public static final float T0 = -0.3333328f;

    // log(1 + f) = f + f²·(L0 + L1·f + …) for −¼ ≤ f ≤ ½, to 2⁻³⁰
    public static final int LOG_LOWEST = 0x3f400000; // the bits of ¾, where the octave of 1 + f begins
    public static final float DENORMAL_SCALE = 0x1p25f;
    public static final float L9 = 0.03760383f;
    public static final float L8 = -0.09106374f;
    public static final float L7 = 0.116970226f;
    public static final float L6 = -0.12728427f;
    public static final float L5 = 0.14276803f;
    public static final float L4 = -0.16655315f;
    public static final float L3 = 0.19999579f;
    public static final float L2 = -0.25000164f;
    public static final float L1 = 0.3333334f;
    public static final float L0 = -0.5f;

    // erf x = x + x·(A0 + A1·x² + …) for |x| < 0.93, to 2⁻³⁰
    public static final float ERF_SMALL = 0.93f;
    public static final float A6 = 7.99665e-05f;
    public static final float A5 = -0.00080497697f;
    public static final float A4 = 0.005192405f;
    public static final float A3 = -0.026855731f;
    public static final float A2 = 0.11283626f;
    public static final float A1 = -0.3761263f;
    public static final float A0 = 0.12837917f;

    // log(1 − erf x) = −x + x·(B0 + B1·x + …) for 0.93 ≤ x ≤ 4, to 2⁻³⁰ of erf x
    public static final float ERF_ONE = 4; // from 3.92 on, erf x rounds to 1
    public static final float B6 = -1.1610627e-05f;
    public static final float B5 = 0.00032660784f;
    public static final float B4 = -0.0036579582f;
    public static final float B3 = 0.023794917f;
    public static final float B2 = -0.10627511f;
    public static final float B1 = -0.63512814f;
    public static final float B0 = -0.12865421f;

    // Φ(−t) = e^(−t²/2)·(N1·u + N2·u² + …) with u = 1 / (1 + 0.3·t) for t ≥ 0, to 2⁻²⁴·(1 + t²/4)
    public static final float NORMAL_FAR = 14.4f; // from here on, Φ(−t) rounds to 0
    public static final float NORMAL_SCALE = 0.3f;
    public static final float N8 = 0.03642396f;
    public static final float N7 = -0.15997417f;
    public static final float N6 = 0.21042593f;
    public static final float N5 = -0.056676276f;
    public static final float N4 = 0.12967685f;
    public static final float N3 = 0.09974082f;
    public static final float N2 = 0.12075122f;
    public static final float N1 = 0.11963169f;

    // Activations.
    public static final float SIXTH = 1 / 6f;
    public static final float THIRD = 1 / 3f;
    public static final float SELU_LAMBDA = 1.050701f; // 1.0507009873554805
    public static final float SELU_LAMBDA_ALPHA = 1.7580993f; // with α = 1.6732632423543772
    public static final float GELU_ROOT = 0.3989423f; // 1/√(2π)
    public static final float GELU_A = 1.5957692f; // 2·√(2/π)
    public static final float GELU_B = 0.071354814f; // 0.044715·GELU_A
    public static final float GELU_B_THRICE = 0.21406445f;

    private Coefficients() {}
}
