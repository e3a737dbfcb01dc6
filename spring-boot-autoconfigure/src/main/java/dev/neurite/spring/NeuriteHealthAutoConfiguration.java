package dev.neurite.spring;

import dev.neurite.kernel.Kernels;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/// The health of the models, as `neurite` in `/actuator/health`.
@AutoConfiguration(after = NeuriteAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("neurite")
public final class NeuriteHealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "neuriteHealthIndicator")
    HealthIndicator neuriteHealthIndicator(NeuriteModels models, NeuriteProperties properties) {
        return new NeuriteHealthIndicator(models, properties, Kernels.vectorsPresent());
    }
}
