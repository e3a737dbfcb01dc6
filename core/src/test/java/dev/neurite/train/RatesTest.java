package dev.neurite.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.AllocatedBytes;
import dev.neurite.optim.ReduceOnPlateau;
import dev.neurite.optim.Sgd;
import org.junit.jupiter.api.Test;

class RatesTest {
    @Test
    void anEpochCopiesNoneOfTheEarlierMetrics() {
        int epochs = 5000;
        var rates = new Rates(new Sgd(0.1), new ReduceOnPlateau(), 0, epochs);
        long bytes = new AllocatedBytes().of(1, () -> {
            for (int epoch = 1; epoch <= epochs; epoch++) {
                rates.beginEpoch(epoch);
                rates.next(epoch);
                rates.endEpoch(1.0 / epoch);
            }
        });
        assertThat(bytes).isLessThan(5_000_000); // a copy in each epoch would take 50 MB
    }
}
