package dev.neurite.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/// The files of models on the class path, for native images.
final class ModelHints implements RuntimeHintsRegistrar {
    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        for (String each : new String[] {"**/*.safetensors", "**/*.onnx", "**/tokenizer.json"}) {
            hints.resources().registerPattern(each);
        }
    }
}
