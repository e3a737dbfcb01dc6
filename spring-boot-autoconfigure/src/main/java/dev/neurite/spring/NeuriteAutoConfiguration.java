package dev.neurite.spring;

import io.micrometer.observation.ObservationRegistry;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ResourceLoader;

/// A bean for each model of the configuration: see [NeuriteProperties].
@AutoConfiguration
@EnableConfigurationProperties(NeuriteProperties.class)
@Import(ModelRegistrar.class)
@ImportRuntimeHints(ModelHints.class)
public final class NeuriteAutoConfiguration {
    static final String MODELS = "neuriteModels";
    static final String ONNX_MODELS = "neuriteOnnxModels";
    static final String LANGUAGE_MODELS = "neuriteLanguageModels";

    @Bean(MODELS)
    NeuriteModels neuriteModels(
            NeuriteProperties properties, ResourceLoader loader, ObjectProvider<InterceptorFactory> interceptors) {
        return new NeuriteModels(properties, loader, interceptors.getIfAvailable(() -> _ -> Supplier::get));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "dev.neurite.onnx.OnnxModel")
    static final class OnnxConfiguration {
        @Bean(ONNX_MODELS)
        OnnxModels neuriteOnnxModels(NeuriteModels models) {
            return new OnnxModels(models);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "dev.neurite.llm.LanguageModel")
    static final class LanguageConfiguration {
        @Bean(LANGUAGE_MODELS)
        LanguageModels neuriteLanguageModels(NeuriteModels models) {
            return new LanguageModels(models);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static final class ObservationConfiguration {
        @Bean
        @ConditionalOnMissingBean
        InterceptorFactory neuriteInterceptors(ObjectProvider<ObservationRegistry> registries) {
            ObservationRegistry registry = registries.getIfUnique(() -> ObservationRegistry.NOOP);
            return model -> registry.isNoop() ? Supplier::get : new ObservedPredictions(registry, model);
        }
    }
}
