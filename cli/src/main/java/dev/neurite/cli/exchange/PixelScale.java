package dev.neurite.cli.exchange;

import dev.neurite.cli.network.InputRange;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// What a network of images from other software takes, of which its file says nothing: the numbers of white.
/// @param white 1 if pixels were divided by 255 in its training, or 255
record PixelScale(int white) {
    static final String OPTION = "--pixels";
    private static final int WHITE = 255;

    /// @throws ConfigException for another number
    static PixelScale of(int white) {
        if (white == 1 || white == WHITE) return new PixelScale(white);
        throw new ConfigException(
                OPTION, "expects 1, for pixels that were divided by 255, or 255, for pixels as they are, got " + white);
    }

    /// The inputs that may be images, of which it is not known how pixels become their numbers.
    private static List<Integer> unknown(ModelFile file) {
        return unknown(file, _ -> true);
    }

    private static List<Integer> unknown(ModelFile file, IntPredicate which) {
        List<Input> inputs = List.copyOf(file.signature().inputs().values());
        return IntStream.range(0, inputs.size())
                .filter(i -> inputs.get(i) instanceof Input.Numbers numbers && ImageInput.fits(numbers.shape()))
                .filter(which)
                .boxed()
                .toList();
    }

    /// The same with a note for each input that may be an image.
    static Content noted(Content content) {
        if (content.model().isEmpty()) return content;
        ModelFile file = content.model().get();
        List<String> names = List.copyOf(file.signature().inputs().keySet());
        List<String> notes = new ArrayList<>(content.notes());
        for (int i : unknown(file)) {
            notes.add("Input '" + names.get(i) + "' "
                    + file.model().network().inputs().get(i)
                    + " takes numbers as they are: no file of this format says how pixels become them. For images: "
                    + OPTION + " 1 if the training divided pixels by 255, " + OPTION + " 255 if not");
        }
        return new Content(content.where(), content.model(), content.tensors(), notes);
    }

    /// The same taking images, whose pixels become what its network was trained with.
    /// @throws ConfigException if it takes none, or is known to take them in one way
    Content of(Content content) {
        ModelFile file = content.model()
                .filter(each -> !unknown(each).isEmpty())
                .orElseThrow(() -> new ConfigException(
                        OPTION,
                        "expects a model of other software with an input [1×height×width] or [3×height×width], got "
                                + content.model()
                                        .map(each ->
                                                "one that " + each.signature().words())
                                        .orElse("weights alone")));
        return of(content, file, unknown(file));
    }

    /// The same taking images where an input is of bytes, which are pixels from 0 to 255.
    /// @param isOfBytes whether an input is
    static Content ofBytes(Content content, IntPredicate isOfBytes) {
        return content.model()
                .map(file -> new PixelScale(WHITE).of(content, file, unknown(file, isOfBytes)))
                .orElse(content);
    }

    private Content of(Content content, ModelFile file, List<Integer> images) {
        if (images.isEmpty()) return content;
        Map<String, String> notes = new LinkedHashMap<>(file.notes());
        notes.put(LoadedModel.RANGE, new InputRange(0, 1).note());
        Model model = white == 1 ? file.model() : multiplied(file.model(), images);
        var made = new ModelFile(model, notes, signature(file, images));
        return Content.of(content.where(), made, content.notes());
    }

    private static Signature signature(ModelFile file, List<Integer> images) {
        Signature known = file.signature();
        List<Input> inputs = new ArrayList<>(known.inputs().values());
        List<String> names = new ArrayList<>(known.inputs().keySet());
        for (int i : images) {
            inputs.set(
                    i,
                    new Input.Image(
                            ImageInput.of(file.model().network().inputs().get(i))));
            if (inputs.size() == 1) names.set(i, inputs.get(i).kind());
        }
        var described = Signature.of(inputs, List.<Output>copyOf(known.outputs().values()));
        return described
                .withInputNames(names.toArray(String[]::new))
                .withOutputNames(known.outputs().keySet().toArray(String[]::new));
    }

    /// The model of images from 0 to 1, which its network takes times 255.
    private static Model multiplied(Model model, List<Integer> images) {
        Graph graph = model.graph();
        List<Shape> shapes = model.network().inputs();
        List<Graph.Application> all = new ArrayList<>();
        for (int input : images) {
            Shape channels = Shape.of(shapes.get(input).extent(0));
            var layer = new Standardize(Tensor.zeros(channels), Tensor.filled(channels, WHITE));
            all.add(new Graph.Application(name(graph, input), layer, List.of(new Graph.Port(-1, input))));
        }
        for (Graph.Application each : graph.applications()) {
            all.add(new Graph.Application(each.name(), each.node(), moved(each.from(), images)));
        }
        var with = new Graph(graph.inputs(), all, moved(graph.outputs(), images));
        return Model.of(shapes, with, model.parameters()).withStatistics(model.statistics());
    }

    private static String name(Graph graph, int input) {
        List<String> taken =
                graph.applications().stream().map(Graph.Application::name).toList();
        String name = "pixels" + (input + 1);
        while (taken.contains(name)) name += "_";
        return name;
    }

    /// The places of values behind the layers that are put before.
    private static List<Graph.Port> moved(List<Graph.Port> ports, List<Integer> images) {
        return ports.stream()
                .map(each -> {
                    if (each.application() >= 0)
                        return new Graph.Port(each.application() + images.size(), each.index());
                    int image = images.indexOf(each.index());
                    return image < 0 ? each : new Graph.Port(image, 0);
                })
                .toList();
    }
}
