package dev.neurite.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.neurite.cli.Cli;
import dev.neurite.cli.TinyData;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigSchemaTest {
    private static final Path SHIPPED = Path.of("../docs/neurite.schema.json");
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Cli.run("config", "schema").out());

    @TempDir
    Path temp;

    /// The errors of a configuration by the schema.
    static List<Error> errors(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML);
    }

    @Test
    void theShippedSchemaIsThatOfTheOptions() {
        assertThat(SHIPPED)
                .as("./neurite config schema > docs/neurite.schema.json")
                .hasContent(Cli.run("config", "schema").out());
    }

    @Test
    void theConfigurationOfARunIsGood() {
        String data = TinyData.directory(temp.resolve("data")).toString();
        Cli trained = Cli.run(
                "train",
                data,
                "--epochs",
                "1",
                "--augment",
                "flip,mixup",
                "--schedule",
                "warmup:length=3+cosine",
                "--activation",
                "leaky-relu:slope=0.2",
                "--class-weights",
                "balanced",
                "--clip-norm",
                "1",
                "--out",
                temp.resolve("run").toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(errors(new String(
                        TinyData.read(temp.resolve("run/config.yaml")), java.nio.charset.StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: iris",
                "data: {source: iris, prefetch: 2}",
                "{data: iris, network: lenet5}",
                "{data: iris, network: {model: {name: resnet, depth: 20}}}",
                "{data: iris, network: [{conv2d: {channels: 2, kernel: [3, 3]}}, flatten, {name: dense, units: 3},"
                        + " {flatten: }]}",
                "{data: iris, network: [{residual: {body: {name: dense, units: 3, activation: {name: elu, alpha:"
                        + " 2}}}}]}",
                "{data: iris, optimizer: sgd, loss: 'focal:gamma=2'}",
                "{data: iris, optimizer: {rate: 0.1, clip_norm: 1}, loss: {class_weights: balanced}}",
                "{data: iris, optimizer: {name: 'sgd:nesterov=true', momentum: 0.9, weight-decay: 0.1}}",
                "{data: iris, schedule: [{warmup: {length: 5}}, {name: step, size: 3}, cosine]}",
                "{data: iris, search: {trials: 3, folds: 2, grid: {batch: [1, 2]}, random: {seed: {from: 1, to: 9}}}}",
                "{data: iris, ema: 0.9, freeze: [a, b=2], batch: 5, seed: 3, metrics: [mse]}"
            })
    void whatTrainTakesIsGood(String yaml) {
        assertThat(errors(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "iris",
                "{data: iris, epoch: 5}",
                "{data: iris, epochs: many}",
                "{data: iris, search: {trails: 3}}",
                "{data: iris, search: {random: {seed: {form: 1, to: 2}}}}",
                "{data: {prefetch: 2}}",
                "{data: iris, optimizer: {name: adam, momentum2: 1}}",
                "{data: iris, optimizer: {name: adam, nesterov: true}}",
                "{data: iris, optimizer: {name: adm}}",
                "{data: iris, loss: {gamma: 2}}",
                "{data: iris, network: {standardize: no}}",
                "{data: iris, network: [{conv2d: {chanels: 2}}]}",
                "{data: iris, network: [{conv: {channels: 2}}]}"
            })
    void whatTrainRefusesIsNotGood(String yaml) {
        assertThat(errors(yaml)).isNotEmpty();
    }
}
