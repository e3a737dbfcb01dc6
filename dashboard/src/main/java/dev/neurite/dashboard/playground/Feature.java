package dev.neurite.dashboard.playground;

/// An input of a network, computed from a point (x₁, x₂) of the plane.
public enum Feature {
    /// x₁.
    X1("x1", "x₁"),
    /// x₂.
    X2("x2", "x₂"),
    /// x₁².
    X1_SQUARED("x1^2", "x₁²"),
    /// x₂².
    X2_SQUARED("x2^2", "x₂²"),
    /// x₁·x₂.
    PRODUCT("x1*x2", "x₁·x₂"),
    /// sin x₁.
    SINE_1("sin(x1)", "sin x₁"),
    /// sin x₂.
    SINE_2("sin(x2)", "sin x₂");

    private final String key;
    private final String title;

    Feature(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /// The name in links and messages: `x1^2`.
    public String key() {
        return key;
    }

    /// The name on the page: x₁².
    public String title() {
        return title;
    }

    /// The value at a point.
    float of(double x1, double x2) {
        double value = switch (this) {
            case X1 -> x1;
            case X2 -> x2;
            case X1_SQUARED -> x1 * x1;
            case X2_SQUARED -> x2 * x2;
            case PRODUCT -> x1 * x2;
            case SINE_1 -> StrictMath.sin(x1);
            case SINE_2 -> StrictMath.sin(x2);
        };
        return (float) value;
    }
}
