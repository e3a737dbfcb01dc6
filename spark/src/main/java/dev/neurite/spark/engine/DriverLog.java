package dev.neurite.spark.engine;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/// Where Spark logs on the driver. By default it writes all it does to standard error, between what the program says.
public final class DriverLog {
    /// The system property by which a user configures log4j.
    private static final String CONFIGURED = "log4j2.configurationFile";

    private static final String FILE = "file";

    private DriverLog() {}

    /// Has Spark append warnings and errors to a file, which is created by the first of them. To be called before
    /// Spark starts. Does nothing where the user has configured log4j.
    public static void into(Path file) {
        if (System.getProperty(CONFIGURED) != null) return;
        ConfigurationBuilder<BuiltConfiguration> log = ConfigurationBuilderFactory.newConfigurationBuilder();
        log.setStatusLevel(Level.ERROR);
        log.add(log.newAppender(FILE, "File")
                .addAttribute("fileName", file.toString())
                .addAttribute("append", true)
                .addAttribute("createOnDemand", true)
                .add(log.newLayout("PatternLayout").addAttribute("pattern", "%d{ISO8601} %p %c{1}: %m%n%ex")));
        log.add(log.newLogger(
                "org.apache.hadoop.util.NativeCodeLoader", Level.ERROR)); // Hadoop in C is faster, and rare
        log.add(log.newRootLogger(Level.WARN).add(log.newAppenderRef(FILE)));
        Configurator.reconfigure(log.build(false));
    }
}
