package dev.neurite.cli.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import dev.neurite.cli.console.Text;
import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/// How the JVM was started and what the machine gives it: what can make it slow.
/// @param vectors whether the Vector API is there
/// @param arguments the options of the JVM
/// @param mode how it runs, as in `mixed mode, sharing`: it compiles, and has classes from a file of its own
/// @param options the value of an option of the JVM; empty for one that it does not have
/// @param environment the variables of the environment
/// @param machine what the machine has
record JvmState(
        boolean vectors,
        List<String> arguments,
        String mode,
        Function<String, String> options,
        Map<String, String> environment,
        Machine machine) {
    private static final String CACHE = "-XX:AOTCache=";
    private static final int LITTLE_HEAP = 1000; // MB
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo"); // of Linux

    /// @param processors those that the JVM may use
    /// @param all those of the machine
    /// @param load how many programs compute or wait for a processor, on average of the last minute; below 0 if
    /// unknown
    /// @param memory that of the machine or the container, in MB
    /// @param heap the largest heap, in MB
    record Machine(int processors, int all, double load, long memory, long heap) {
        static Machine ofThisJvm() {
            int processors = Runtime.getRuntime().availableProcessors();
            int all = (int) processorLines().stream()
                    .filter(line -> line.startsWith("processor"))
                    .count();
            var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            return new Machine(
                    processors,
                    Math.max(all, processors),
                    system.getSystemLoadAverage(),
                    system.getTotalMemorySize() >> 20,
                    Runtime.getRuntime().maxMemory() >> 20);
        }

        private static List<String> processorLines() {
            if (!Files.isReadable(PROCESSORS)) return List.of();
            try (Stream<String> lines = Files.lines(PROCESSORS)) {
                return lines.toList();
            } catch (IOException | UncheckedIOException _) {
                return List.of(); // what only this file tells is left out
            }
        }

        /// Whether other programs had the processors when the command began.
        boolean isBusy() {
            return load > processors;
        }
    }

    static JvmState ofThisJvm(Map<String, String> environment) {
        var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return new JvmState(
                Kernels.vectorsPresent(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                System.getProperty("java.vm.info", ""),
                name -> value(diagnostics, name),
                environment,
                Machine.ofThisJvm());
    }

    private static String value(HotSpotDiagnosticMXBean diagnostics, String option) {
        try {
            return diagnostics.getVMOption(option).getValue();
        } catch (IllegalArgumentException _) {
            return ""; // a JVM without this option
        }
    }

    /// Whether the JVM has started from its AOT cache, and if not, why.
    String cache() {
        boolean given = arguments.stream().anyMatch(each -> each.startsWith(CACHE));
        if (given && mode.contains("sharing")) return "in use";
        if (given) return "left aside by the JVM: it does not fit its other options";
        if (environment.getOrDefault("NEURITE_AOT", "").equals("off")) return "off, by NEURITE_AOT=off";
        if (!environment.containsKey("NEURITE_COMMAND")) return "none: the JVM was not started by the script neurite";
        return "none: it is made in the background of the first start, or could not be made";
    }

    /// What makes this JVM slow, and what to do about it; empty if nothing is known.
    List<String> advice() {
        List<String> advice = new ArrayList<>();
        if (!vectors) {
            advice.add("The Vector API is missing, which is several times slower. Start java with --add-modules"
                    + " jdk.incubator.vector, or use the script neurite, which does it");
        }
        if (mode.startsWith("interpreted")) advice.add("The JVM compiles nothing. Start it without -Xint");
        else if (arguments.stream().anyMatch(each -> each.matches("-XX:TieredStopAtLevel=[0-3]"))) {
            advice.add("The JVM's second compiler is off. Start it without -XX:TieredStopAtLevel");
        }
        if (options.apply("UseJVMCICompiler").equals("true")) {
            advice.add("A JVMCI compiler replaces C2: code of the Vector API may be many times slower. Start java with"
                    + " -XX:-UseJVMCICompiler, or take an OpenJDK");
        }
        for (String each : arguments) {
            if (each.matches("-(agentlib|agentpath|javaagent|Xrun).*")) {
                advice.add("An agent runs in the JVM, such as a debugger. Start it without " + each);
            }
        }
        if (cache().startsWith("left")) {
            advice.add("The AOT cache is not used, so each start takes longer. See NEURITE_JAVA_OPTS for options of"
                    + " modules, of the garbage collector or of an agent");
        }
        machineAdvice(advice);
        return advice;
    }

    private void machineAdvice(List<String> advice) {
        if (machine.processors() < machine.all()) {
            advice.add(Text.format(
                    "The JVM may use %d of %d processors. Give the container or the process more (docker run --cpus,"
                            + " limits.cpu, taskset)",
                    machine.processors(), machine.all()));
        }
        if (machine.heap() < LITTLE_HEAP) {
            advice.add(Text.format(
                    "The heap has %,d MB. Give it more, as in NEURITE_JAVA_OPTS=-Xmx2g, if the machine has it",
                    machine.heap()));
        }
        if (machine.isBusy()) {
            advice.add(Text.format(
                    "Other programs compute: %.1f want %d processors. Measure again when they have ended",
                    machine.load(), machine.processors()));
        }
    }
}
