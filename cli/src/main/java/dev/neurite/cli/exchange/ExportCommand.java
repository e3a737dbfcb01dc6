package dev.neurite.cli.exchange;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.network.LoadedModel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite export`.
@Command(
        name = "export",
        description = "Write a trained model for other software.",
        footer = {
            "",
            "The ending of TO tells the format:",
            "  .onnx          ONNX, for onnxruntime and others; raw columns go in, label and probabilities come out",
            "  .safetensors   a model file of Neurite; other software reads its tensors by name. With --to pytorch its",
            "                 tensors have PyTorch's names, for load_state_dict",
            "  .npz           the weights as NumPy's arrays, with PyTorch's names",
            "  .java          one Java class that needs no library; raw columns go in, label and probabilities come"
                    + " out",
            "",
            "What a format cannot say is printed as notes.",
            "",
            "Examples:",
            "  neurite export runs/2026-11-24_iris-1 iris.onnx",
            "  neurite export runs/2026-11-24_iris-1 iris.onnx --opset 21 --preprocessing core",
            "  neurite export runs/2026-11-24_iris-1 Iris.java --package com.acme --public",
            "  neurite export model.safetensors model.onnx --json",
            "  neurite export runs/2026-11-24_iris-1 weights.safetensors --to pytorch --numbers bf16"
        })
public final class ExportCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "RUN", description = "A run's directory, or a model file.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The file to write.")
    private String to = "";

    @Mixin
    private ExportOptions options = new ExportOptions();

    public ExportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        LoadedModel loaded = LoadedModel.read(run);
        Exchange.write(context, Content.of(run, loaded.content()), run, to, options);
        return 0;
    }
}
