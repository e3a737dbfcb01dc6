/// Models as beans of Spring Boot 4, with health and metrics: what the artifact `neurite-spring-boot-starter`
/// configures.
@NullMarked
package dev.neurite.spring;

import org.jspecify.annotations.NullMarked;
