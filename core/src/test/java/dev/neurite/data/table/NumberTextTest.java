package dev.neurite.data.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NumberTextTest {
    @Test
    void numbersStandForTextsIfEachIsAnother() {
        assertThat(NumberText.areNumbers(List.of("1", "2", "-3.5", "1e3"))).isTrue();
        assertThat(NumberText.areNumbers(List.of("1", "1.0"))).isFalse();
        assertThat(NumberText.areNumbers(List.of("0", "-0"))).isFalse();
        assertThat(NumberText.areNumbers(List.of("16777216", "16777217"))).isFalse();
        assertThat(NumberText.areNumbers(List.of("007", "8"))).isFalse();
        assertThat(NumberText.areNumbers(List.of("1e99", "8"))).isFalse();
        assertThat(NumberText.areNumbers(List.of("1", "a"))).isFalse();
    }
}
