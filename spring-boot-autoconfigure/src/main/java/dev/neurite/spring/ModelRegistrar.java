package dev.neurite.spring;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/// Defines a bean for each model of the configuration, by its name, unless the program has a bean of this name; and
/// those of Spring AI and LangChain4j where these are present. Classes that may be missing are known by name.
final class ModelRegistrar implements ImportBeanDefinitionRegistrar {
    private static final System.Logger LOG = System.getLogger("dev.neurite.spring");
    private static final String MODELS = "neurite.models";
    private static final String LANGCHAIN4J = "dev.neurite.langchain4j.";
    private static final String AI_EMBEDDING = "org.springframework.ai.embedding.EmbeddingModel";
    private static final String AI_CHAT = "org.springframework.ai.chat.model.ChatModel";

    private final Environment environment;
    private final ResourceLoader loader;

    ModelRegistrar(Environment environment, ResourceLoader loader) {
        this.environment = environment;
        this.loader = loader;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        models().forEach((name, properties) -> register(name, properties, registry));
    }

    /// The models of the configuration. A property that no model has is refused, also of a model that is not loaded;
    /// of variables of the environment Boot does not tell them.
    private Map<String, ModelProperties> models() {
        var known = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        try {
            return Binder.get(environment)
                    .bind(MODELS, Bindable.mapOf(String.class, ModelProperties.class), known)
                    .orElse(Map.of());
        } catch (BindException e) {
            if (e.getCause() instanceof UnboundConfigurationPropertiesException unbound) throw unknown(unbound);
            throw e;
        }
    }

    private static ConfigException unknown(UnboundConfigurationPropertiesException unbound) {
        ConfigurationPropertyName first =
                unbound.getUnboundProperties().iterator().next().getName();
        List<String> names = Stream.of(ModelProperties.class.getRecordComponents())
                .map(each -> DataObjectPropertyName.toDashedForm(each.getName()))
                .toList();
        String name = first.getLastElement(ConfigurationPropertyName.Form.UNIFORM);
        return new ConfigException(
                first.toString(),
                "expects one of " + String.join(", ", names) + " at the end, got '" + name + "'",
                Spelling.hint(name, names));
    }

    private void register(String name, ModelProperties properties, BeanDefinitionRegistry registry) {
        if (registry.containsBeanDefinition(name)) {
            LOG.log(Level.INFO, "neurite.models.{0} is not loaded, as the program has a bean of this name", name);
            return;
        }
        boolean lazy = properties.lazy();
        switch (ConfiguredModel.of(name, properties, loader).kind()) {
            case PREDICTIONS ->
                define(registry, name, loaded(NeuriteAutoConfiguration.MODELS, "predictor", name), lazy);
            case TENSORS -> define(registry, name, loaded(NeuriteAutoConfiguration.ONNX_MODELS, "model", name), lazy);
            case EMBEDDINGS -> {
                define(registry, name, loaded(NeuriteAutoConfiguration.ONNX_MODELS, "embedder", name), lazy);
                made(registry, name, "EmbeddingModel", AI_EMBEDDING, "dev.neurite.spring.SpringAiEmbeddingModel", lazy);
                made(registry, name, "LangChain4jEmbeddingModel", LANGCHAIN4J + "NeuriteEmbeddingModel", lazy);
            }
            case SCORES -> {
                define(registry, name, loaded(NeuriteAutoConfiguration.ONNX_MODELS, "scorer", name), lazy);
                made(registry, name, "ScoringModel", LANGCHAIN4J + "NeuriteScoringModel", lazy);
            }
            case TEXTS -> {
                define(registry, name, loaded(NeuriteAutoConfiguration.LANGUAGE_MODELS, "model", name), lazy);
                made(registry, name, "ChatModel", AI_CHAT, "dev.neurite.spring.SpringAiChatModel", lazy);
                made(registry, name, "LangChain4jChatModel", LANGCHAIN4J + "NeuriteChatModel", lazy);
                made(registry, name, "LangChain4jStreamingChatModel", LANGCHAIN4J + "NeuriteStreamingChatModel", lazy);
            }
            case AUTO -> throw new IllegalStateException(name);
        }
    }

    /// Defines what a class that is there makes of a model's bean.
    private void made(BeanDefinitionRegistry registry, String name, String end, String type, boolean lazy) {
        made(registry, name, end, type, type, lazy);
    }

    /// @param needed the class that a program may lack
    private void made(
            BeanDefinitionRegistry registry, String name, String end, String needed, String type, boolean lazy) {
        if (ClassUtils.isPresent(needed, loader.getClassLoader())) define(registry, name + end, of(type, name), lazy);
    }

    private static void define(BeanDefinitionRegistry registry, String name, RootBeanDefinition bean, boolean lazy) {
        if (registry.containsBeanDefinition(name)) return;
        bean.setLazyInit(lazy);
        registry.registerBeanDefinition(name, bean);
    }

    /// What a method of a bean loads.
    private static RootBeanDefinition loaded(String bean, String method, String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setFactoryBeanName(bean);
        definition.setFactoryMethodName(method);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        return definition;
    }

    /// What the static method `of` of a class makes of a model's bean.
    private static RootBeanDefinition of(String type, String model) {
        RootBeanDefinition definition = new RootBeanDefinition(type);
        definition.setFactoryMethodName("of");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, new RuntimeBeanReference(model));
        return definition;
    }
}
