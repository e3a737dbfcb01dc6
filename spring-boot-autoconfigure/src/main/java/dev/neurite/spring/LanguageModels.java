package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.LoadSettings;
import dev.neurite.llm.network.CacheType;
import dev.neurite.spring.NeuriteModels.Read;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.core.io.Resource;

/// Loads language models; a class of its own, as `neurite-llm` may be missing. Spring closes them as beans.
final class LanguageModels {
    private final NeuriteModels models;

    LanguageModels(NeuriteModels models) {
        this.models = models;
    }

    /// @throws ConfigException for a model that cannot be loaded, with its property
    LanguageModel model(String name) {
        return models.bean(name, BeanKind.TEXTS, (source, properties, kernels) -> {
            LoadSettings settings = LoadSettings.USUAL
                    .withContext(properties.context())
                    .withCache(CacheType.valueOf(properties.cache().name()))
                    .withKernels(kernels);
            LoadSettings adapted = source.adapter().map(settings::withAdapter).orElse(settings);
            LanguageModel model = LanguageModel.load(path(source.model()), adapted);
            return new Read<>(model.warmUp(), model::with);
        });
    }

    private static Path path(Resource model) throws IOException {
        Path file = model.getFilePath();
        return file.endsWith(ConfiguredModel.CONFIG) ? file.resolveSibling("") : file;
    }
}
