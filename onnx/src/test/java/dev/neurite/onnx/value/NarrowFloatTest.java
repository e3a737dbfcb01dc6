package dev.neurite.onnx.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NarrowFloatTest {
    /// Each number is itself, and between two neighbors lies a middle that goes to the even one.
    @ParameterizedTest
    @EnumSource(NarrowFloat.class)
    void roundsToTheNearest(NarrowFloat type) {
        int most = type.bytes() == 1 ? 0x80 : 0x8000;
        float last = 0;
        for (int bits = 1; bits < most; bits++) {
            float x = type.number(bits);
            if (Float.isNaN(x)) continue;
            assertThat(type.nearest(x, true)).isEqualTo(x == Float.POSITIVE_INFINITY && type.bytes() == 1 ? last : x);
            assertThat(type.number(bits | most)).isEqualTo(-x);
            if (Float.isInfinite(x)) continue;
            assertThat(x).isGreaterThan(last);
            float middle = (float) ((last + (double) x) / 2);
            float near = type.nearest(middle, true);
            boolean exact = middle - (double) last == x - (double) middle;
            if (exact) assertThat(near).isEqualTo(bits % 2 == 0 ? x : last);
            last = x;
        }
    }

    @ParameterizedTest
    @EnumSource(NarrowFloat.class)
    void beyondTheGreatest(NarrowFloat type) {
        float saturated = type.nearest(-1e38f * 3, true);
        if (type.bytes() == 1) assertThat(saturated).isBetween(-57344f, -240f);
        else if (type == NarrowFloat.FLOAT16) assertThat(saturated).isEqualTo(Float.NEGATIVE_INFINITY);
        float other = type.nearest(Float.POSITIVE_INFINITY, false);
        assertThat(Float.isInfinite(other) || Float.isNaN(other)).isTrue();
        assertThat(type.nearest(Float.NaN, true)).isNaN();
    }
}
