package dev.neurite.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;

/// Says in the log of the JVM which engine computes, and what makes it slow.
/// @param engine its name, [Kernels#engineName()]
/// @param threads how many it has by default
/// @param vectors whether the Vector API is there
/// @param replaced whether a compiler written in Java, such as GraalVM's, replaces C2
record EngineLog(String engine, int threads, boolean vectors, boolean replaced) {
    /// The name of the logger.
    static final String LOGGER = "dev.neurite.kernel";

    /// Says it about this JVM, which initializing this class does: once.
    static final class OfThisJvm {
        static {
            try (Kernels kernels = Backends.make(Backends.fastest(), 1, false)) {
                new EngineLog(kernels.engineName(), Backends.cores(), Backends.vectorsPresent(), isCompilerReplaced())
                        .write(System.getLogger(LOGGER));
            }
        }

        private OfThisJvm() {}

        /// Says it, unless it was said before.
        static void say() {}
    }

    /// A line at level INFO, and a WARNING for each thing that makes it slow.
    void write(System.Logger log) {
        log.log(Level.INFO, "Neurite computes on engine {0}, by default with {1} threads", engine, threads);
        if (!vectors) {
            log.log(
                    Level.WARNING,
                    "Neurite computes without vector instructions, several times slower."
                            + " Start java with --add-modules jdk.incubator.vector");
        } else if (replaced) {
            log.log(
                    Level.WARNING,
                    "A JVMCI compiler replaces C2 in this JVM: code of the Vector API may be many times slower."
                            + " Start java with -XX:-UseJVMCICompiler, or take an OpenJDK");
        }
    }

    /// False where nobody can tell. A JVM with such a compiler has its module.
    private static boolean isCompilerReplaced() {
        ModuleLayer modules = ModuleLayer.boot();
        return modules.findModule("jdk.internal.vm.ci").isPresent()
                && modules.findModule("jdk.management").isPresent()
                && Diagnostics.isOn("UseJVMCICompiler");
    }

    /// A class of its own, as module jdk.management may be missing.
    private static final class Diagnostics {
        static boolean isOn(String option) {
            var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (diagnostics == null) return false; // another JVM than HotSpot
            try {
                return Boolean.parseBoolean(diagnostics.getVMOption(option).getValue());
            } catch (IllegalArgumentException _) {
                return false; // a JVM without this option
            }
        }
    }
}
