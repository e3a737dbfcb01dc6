package dev.neurite.dashboard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.Client;
import dev.neurite.dashboard.Dashboard;
import dev.neurite.data.DataSplit;
import java.util.Base64;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Digits that people draw look different from those of MNIST: the preprocessing of the page makes them alike.
@NullUnmarked // members of JSON that are missing fail the test
final class DrawnDigitsTest {
    private static final int EACH = 30;

    @Test
    @Tag("thorough")
    @Timeout(180)
    void drawnDigitsAreRecognizedByANetworkThatLearnedMnist() {
        DataSplit mnist = Mnist.rows(15_000, 500);
        try (Dashboard dashboard = Dashboard.on(0).announce(_ -> {}).endsWithProgram()) {
            Mnist.trainer().epochs(2).callback(dashboard).fit(mnist.train(), mnist.test());
            try (var client = new Client(dashboard.url())) {
                RandomGenerator random =
                        RandomGeneratorFactory.of("L64X128MixRandom").create(11);
                int[][] predicted = new int[10][10];
                for (int digit = 0; digit < 10; digit++) {
                    for (int i = 0; i < EACH; i++) predicted[digit][predict(client, Strokes.drawn(digit, random))]++;
                }
                int right = 0;
                for (int digit = 0; digit < 10; digit++) right += predicted[digit][digit];
                assertThat(right / (10.0 * EACH))
                        .as("rows: drawn, columns: predicted%n%s", table(predicted))
                        .isGreaterThanOrEqualTo(0.9);
            }
        }
    }

    private static int predict(Client client, byte[] pixels) {
        Map<String, Object> answer = client.post(
                "/api/runs/live/predict",
                Map.of(
                        "pixels",
                        Base64.getEncoder().encodeToString(pixels),
                        "width",
                        Strokes.SENT,
                        "height",
                        Strokes.SENT),
                200);
        Map<?, ?> prediction = (Map<?, ?>) answer.get("prediction");
        return Integer.parseInt((String) prediction.get("label"));
    }

    private static String table(int[][] counts) {
        var text = new StringBuilder();
        for (int[] row : counts) {
            for (int count : row) text.append("%4d".formatted(count));
            text.append('\n');
        }
        return text.toString();
    }
}
