package dev.neurite.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.error.DataException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A page to try one model of another format, by HTTP.
@NullUnmarked // members of JSON that are missing fail the test
@Timeout(60)
public final class ModelPageTest {
    /// Tests in the browser use its model.
    public ModelPageTest() {}

    /// A model that gives the shares of its numbers.
    public static PageModel shares() {
        return new PageModel() {
            @Override
            public String name() {
                return "shares.onnx";
            }

            @Override
            public List<Port> inputs() {
                return List.of(new Port("x", "float", List.of("batch", "3")));
            }

            @Override
            public List<Port> outputs() {
                return List.of(new Port("share", "float", List.of("batch", "3")));
            }

            @Override
            public List<Result> run(Map<String, Given> values) {
                return switch (values.get("x")) {
                    case Given.Numbers(List<Integer> shape, double[] numbers) -> {
                        double sum = numbers[0] + numbers[1] + numbers[2];
                        double[] row = {numbers[0] / sum, numbers[1] / sum, numbers[2] / sum};
                        List<String> first = List.of("" + row[0], "" + row[1], "" + row[2]);
                        yield List.of(new Result("share", "float", shape, first, row));
                    }
                    case Given.File(byte[] npy) ->
                        throw new DataException("input 'x'", "expects an array, got " + npy.length + " bytes");
                    case null, default -> throw new DataException("input 'x'", "expects numbers, got texts");
                };
            }
        };
    }

    @Test
    void aModelIsDescribedAndRun() {
        try (ModelPage page = ModelPage.open(shares(), Optional.empty(), 0, Optional.empty());
                Client client = new Client(page.url())) {
            assertThat(client.object("/api/model")).containsEntry("name", "shares.onnx");
            assertThat(client.text("/")).contains("js/model.js");
            assertThat(client.status("/js/model.js")).isEqualTo(200);
            Map<String, Object> answer = client.post(
                    "/api/model/run",
                    Map.of("inputs", Map.of("x", Map.of("shape", List.of(1, 3), "values", List.of(1, 2, 5)))),
                    200);
            assertThat(answer.toString()).contains("top=[{", "index=2.0").contains("p=0.625");
            refused(client, Map.of("x", Map.of("shape", List.of(1, 3), "values", List.of(1, 2))), "inputs.x.values");
            refused(client, Map.of("x", Map.of("shape", List.of(1.5, 3), "values", List.of(1, 2))), "inputs.x.shape");
            refused(client, Map.of("x", Map.of("shape", List.of(1), "values", List.of(true))), "inputs.x.values[0]");
            refused(client, Map.of(), "inputs.x");
            refused(client, Map.of("y", Map.of()), "inputs.y");
            String npy = Base64.getEncoder().encodeToString(new byte[5]);
            assertThat(client.post("/api/model/run", Map.of("inputs", Map.of("x", Map.of("npy", npy))), 400)
                            .toString())
                    .contains("input 'x': expects an array, got 5 bytes");
        }
    }

    private static void refused(Client client, Map<String, Object> inputs, String path) {
        assertThat(client.post("/api/model/run", Map.of("inputs", inputs), 400).toString())
                .contains("path=" + path + ",");
    }

    @Test
    void onlyWhatLooksLikeProbabilitiesHasTheLargest() {
        assertThat(ModelPage.top(0.2, 0.3, 0.5)).hasSize(3).first().isEqualTo(Map.of("index", 2, "p", 0.5));
        assertThat(ModelPage.top(0.2, 0.3, 0.6)).isEmpty();
        assertThat(ModelPage.top(-0.2, 0.7, 0.5)).isEmpty();
        assertThat(ModelPage.top(1)).isEmpty();
        assertThat(ModelPage.top(Double.NaN, 1)).isEmpty();
    }
}
