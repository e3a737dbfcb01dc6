package dev.neurite.spring;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.PreprocessingSettings;
import dev.neurite.data.table.Table;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.predict.Predictor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The models of the tests.
final class SmallModels {
    /// A cross-encoder and an encoder with their tokenizer, of module onnx.
    static final Path TEXTS = Path.of("../onnx/src/test/resources/cross-encoder");

    /// A language model with random weights and a template for chats, of module llm.
    static final Path CHATTING = Path.of("../llm/src/test/resources/dev/neurite/llm/chatting.gguf");

    /// A row that [#fruit] takes.
    static final Map<String, Object> APPLE = Map.of("weight", 150, "color", "green");

    private SmallModels() {}

    private record Fruit(double weight, String color, String kind) {}

    /// A network that nobody has trained.
    static Predictor fruit() {
        Table table = Table.of(List.of(
                new Fruit(150, "green", "apple"), new Fruit(8, "red", "cherry"), new Fruit(120, "yellow", "lemon")));
        Preprocessing columns = Preprocessing.fit(table, PreprocessingSettings.classes("kind"));
        Model model = Model.of(Layers.features(4), Layers.dense(3, Activation.SOFTMAX))
                .initialize(1);
        return Predictor.of(new ModelFile(model, Map.of()).with(columns));
    }
}
