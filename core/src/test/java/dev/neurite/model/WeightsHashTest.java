package dev.neurite.model;

import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WeightsHashTest {
    private static String expected(Model model) throws Exception {
        float[] parameters = model.parameters().toArray();
        float[] statistics = model.statistics().toArray();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * (parameters.length + statistics.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float each : parameters) bytes.putFloat(each);
        for (float each : statistics) bytes.putFloat(each);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }

    @Test
    void isTheDigestOfParametersAndThenRunningStatistics() throws Exception {
        Model small = Model.of(features(3), dense(2), batchNorm()).initialize(1);
        assertThat(WeightsHash.sha256(small)).isEqualTo(expected(small));
        Model large = Model.of(features(301), dense(109)).initialize(2); // more than one buffer
        assertThat(WeightsHash.sha256(large)).isEqualTo(expected(large)).isNotEqualTo(WeightsHash.sha256(small));
    }
}
