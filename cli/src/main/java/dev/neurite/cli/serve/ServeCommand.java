package dev.neurite.cli.serve;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.ProcessSignals;
import dev.neurite.error.ConfigException;
import dev.neurite.serve.NeuriteServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `neurite serve`.
@Command(
        name = "serve",
        description = "Answer predictions over HTTP.",
        sortOptions = false,
        footer = {
            "",
            "MODEL is a run's directory, a model file (.safetensors, .onnx, .gguf), a directory of a language",
            "model with config.json, or a directory of these: NAME/VERSION/…, NAME/…, NAME.onnx. An ONNX model",
            "with a tokenizer.json beside it takes texts. NAME=MODEL names one.",
            "",
            "It answers the Open Inference Protocol (/v2/…), raw values (/predict/NAME), OpenAI's form (/v1/…),",
            "metrics of Prometheus (/metrics), and a page in the browser (/). A file that is replaced is loaded anew.",
            "Ctrl-C or SIGTERM end it; what has come is answered first. While models are loaded they end it at once.",
            "",
            "Examples:",
            "  neurite serve runs/2026-11-24_iris-1",
            "  neurite serve qwen=qwen2.5-0.5b-instruct-q8_0.gguf --adapter qwen=my-adapter",
            "  neurite serve iris=runs/2026-11-24_iris-1 minilm=minilm/model.onnx --port 9000",
            "  NEURITE_API_KEY=$(cat key) neurite serve models --host 0.0.0.0"
        })
public final class ServeCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final ServeOptions options = new ServeOptions();

    public ServeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (context.seeded()) {
            throw new ConfigException("--seed", "is not for a server: requests may have one", "Leave it out");
        }
        context.noteMissingVectors();
        var signal = new AtomicReference<Optional<String>>(Optional.empty());
        var ready = new AtomicBoolean();
        var end = new CountDownLatch(1);
        Map<String, Object> before = new LinkedHashMap<>();
        for (String name : ProcessSignals.NUMBERS.keySet()) {
            before.put(name, ProcessSignals.handle(name, ProcessSignals.handler(() -> {
                boolean first = signal.compareAndSet(Optional.empty(), Optional.of(name));
                if (!first || !ready.get()) Runtime.getRuntime().halt(ProcessSignals.exitCode(name));
                end.countDown();
            })));
        }
        try (var _ = ServeLog.open(context::note);
                NeuriteServer server = options.start(context)) {
            ready.set(true);
            show(server);
            end.await();
            context.note("answering what has come; Ctrl-C again ends at once");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // a program that runs this command ends it so
        } finally {
            before.forEach(ProcessSignals::handle);
        }
        return signal.get().map(ProcessSignals::exitCode).orElse(0);
    }

    private void show(NeuriteServer server) {
        if (context.json()) {
            context.printJson(Map.of("url", server.url().toString(), "port", server.port(), "models", server.models()));
        } else {
            context.print("serve  " + server.url() + "  " + String.join(", ", server.models()));
        }
        context.io().out().flush();
        for (String each : server.examples(options.keyInShell(context.io().environment())))
            context.note("try    " + each);
        if (server.isPublic() && !options.isEncrypted()) {
            context.note("warning: other computers can reach this server, and what is sent is not encrypted");
        }
        context.note("Ctrl-C ends it.");
    }
}
