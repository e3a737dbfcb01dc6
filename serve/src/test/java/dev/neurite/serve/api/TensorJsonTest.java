package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.io.json.Json;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tensors as lists in lists.
final class TensorJsonTest {
    /// As other interfaces do: by way of a double it would be the next larger float.
    @Test
    void digitsAreTheNearestFloat() throws Json.SyntaxException {
        var input = new ValueInfo("x", ElementType.FLOAT, List.of("1"), false);
        String digits = "1.00000017881393432617187499";
        assertThat((float) Double.parseDouble(digits)).isNotEqualTo(Float.parseFloat(digits));
        assertThat((float) TensorJson.value(input, Json.read("[" + digits + "]"), "x")
                        .number(0))
                .isEqualTo(Float.parseFloat(digits));
    }
}
