package dev.neurite.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Says what kind of fruit something is.
@SpringBootApplication(proxyBeanMethods = false)
public final class FruitService {
    private FruitService() {}

    /// Starts the service.
    /// @param args options of Spring Boot, such as `--server.port=8080`
    public static void main(String[] args) {
        SpringApplication.run(FruitService.class, args);
    }
}
