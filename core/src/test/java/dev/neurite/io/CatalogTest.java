package dev.neurite.io;

import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.data.augment.Mixup;
import dev.neurite.data.augment.PaddedCrop;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog.Entry;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Loss;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Node;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.MomentumCycle;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Optimizers;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.optim.WeightDecay;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogTest {
    private static final Catalog CATALOG = Catalog.standard();
    private static final List<Class<?>> KINDS = List.of(
            Node.class,
            Activation.class,
            Initializer.class,
            Optimizer.class,
            Lbfgs.class,
            Schedule.class,
            Loss.class,
            Augmentation.class,
            Architecture.class);

    static List<Entry> entries() {
        return CATALOG.entries(Object.class);
    }

    private static Class<?> kind(Entry entry) {
        return KINDS.stream()
                .filter(kind -> kind.isAssignableFrom(entry.type()))
                .findFirst()
                .orElseThrow();
    }

    private static <T> T read(Class<T> kind, String text) {
        return CATALOG.read("here", kind, text);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void aNameStandsForOneThingOfItsKindAndHasASentence(Entry entry) {
        assertThat(CATALOG.entries(kind(entry)))
                .filteredOn(each -> each.name().equals(entry.name()))
                .hasSize(1);
        assertThat(entry.name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
        assertThat(entry.settings()).extracting(Setting::name).doesNotHaveDuplicates();
        assertThat(entry.meaning()).hasSizeBetween(10, 90).doesNotEndWith(".");
    }

    @ParameterizedTest
    @MethodSource("entries")
    void aNameAloneStandsForTheUsualSettingsOrSaysWhichAreMissing(Entry entry) {
        if (entry.settings().stream().allMatch(each -> each.value().isPresent())) {
            assertThat(read(kind(entry), entry.name()))
                    .isEqualTo(entry.standard().orElseThrow());
        } else {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> read(kind(entry), entry.name()))
                    .withMessageContaining("=…, which has no default value");
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void whatIsWrittenReadsBackTheSame(Entry entry) {
        Object standard = entry.standard().orElseThrow();
        if (standard.equals(Initializers.given(Tensor.EMPTY))) return; // only vectors are text
        for (String text : List.of(CATALOG.text(standard), CATALOG.brief(standard))) {
            assertThat(read(kind(entry), text)).as(text).isEqualTo(standard);
        }
    }

    @Test
    void aNameIsReadAsJavaSpellsItToo() {
        assertThat(Catalog.standard().read("here", Layer.class, "maxPool2d:kernel=2"))
                .isEqualTo(Catalog.standard().read("here", Layer.class, "max-pool2d:kernel=2"));
        assertThat(Spec.hyphenated("globalAvgPool2d")).isEqualTo("global-avg-pool2d");
        assertThat(Spec.hyphenated("Adam")).isEqualTo("Adam");
    }

    @Test
    void thePoolingStrideIsTheKernelByDefault() {
        Catalog catalog = Catalog.standard();
        assertThat(catalog.read("here", Node.class, "max-pool2d:kernel=3")).isEqualTo(Layers.maxPool2d(3));
        assertThat(catalog.read("here", Node.class, "max-pool1d:kernel=3")).isEqualTo(Layers.maxPool1d(3));
        assertThat(catalog.read("here", Node.class, "avg-pool2d:kernel=3")).isEqualTo(Layers.avgPool2d(3));
        assertThat(catalog.read("here", Node.class, "avg-pool1d:kernel=3,stride=2"))
                .isEqualTo(Layers.avgPool1d(3, 2));
        Setting stride = catalog.entries(Node.class).stream()
                .filter(each -> each.name().equals("max-pool2d"))
                .flatMap(each -> each.settings().stream())
                .filter(each -> each.name().equals("stride"))
                .findFirst()
                .orElseThrow();
        assertThat(catalog.usual(stride)).isEqualTo("kernel");
    }

    @Test
    void settingsAreNumbersTruthsNamesAndDecays() {
        assertThat(read(Optimizer.class, "sgd:momentum=0.9,nesterov=true,rate=.5"))
                .isEqualTo(Optimizers.sgd(0.5).withMomentum(0.9).withNesterov());
        assertThat(read(Activation.class, "leaky-relu:slope=2e-1")).isEqualTo(Activation.leakyRelu(0.2));
        assertThat(read(Initializer.class, "scaled:fan=average,gain=1,distribution=uniform"))
                .isEqualTo(Initializers.xavierUniform());
        assertThat(read(Node.class, "dense:units=3,activation=(leaky-relu:slope=0.5),weights=he-normal,bias=false"))
                .isEqualTo(Layers.dense(3, Activation.leakyRelu(0.5))
                        .withWeights(Initializers.heNormal())
                        .withoutBias());
        assertThat(read(Node.class, "standardize:means=1/-2/3e2,factors=1/1/.5"))
                .isEqualTo(new dev.neurite.layer.Standardize(
                        Tensor.of(Shape.of(3), 1, -2, 300), Tensor.of(Shape.of(3), 1, 1, 0.5f)));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void windowsAndPaddingAreWrittenAsOneSaysThem(String text, Node node) {
        assertThat(read(Node.class, text)).isEqualTo(node);
        assertThat(CATALOG.brief(node)).isEqualTo(text);
        assertThat(read(Node.class, CATALOG.text(node))).isEqualTo(node);
    }

    static List<Arguments> windows() {
        return List.of(
                Arguments.of(
                        "conv2d:channels=32,kernel=3,stride=2,padding=same",
                        Layers.conv2d(32, 3).withStride(2).withPadding(Padding.SAME)),
                Arguments.of(
                        "conv2d:channels=8,kernel=3/5,stride=2/1,dilation=1/3,padding=1/2,groups=4,bias=false",
                        Layers.conv2d(8, 1)
                                .withWindow(new Window(3, 5, 2, 1, 1, 3))
                                .withPadding(Padding.of(1, 2))
                                .withGroups(4)
                                .withoutBias()),
                Arguments.of(
                        "conv2d:channels=1,kernel=1,padding=0/1/2/3",
                        Layers.conv2d(1, 1).withPadding(new Padding(false, 0, 1, 2, 3))),
                Arguments.of(
                        "conv1d:channels=6,kernel=4,stride=3,dilation=2,padding=3/0",
                        Layers.conv1d(6, 4).withStride(3).withDilation(2).withPadding(Padding1d.of(3, 0))),
                Arguments.of(
                        "conv-transpose2d:channels=6,kernel=4,stride=2,padding=1,output-padding=1/0",
                        Layers.convTranspose2d(6, 4)
                                .withStride(2)
                                .withPadding(1)
                                .withOutputPadding(1, 0)),
                Arguments.of(
                        "conv-transpose1d:channels=6,kernel=4,stride=2,padding=same",
                        Layers.convTranspose1d(6, 4).withStride(2).withPadding(Padding1d.SAME)),
                Arguments.of(
                        "conv1d:channels=6,kernel=3,padding=causal",
                        Layers.conv1d(6, 3).withPadding(Padding1d.CAUSAL)),
                Arguments.of(
                        "depthwise-conv2d:multiplier=2,kernel=3,padding=same",
                        Layers.depthwiseConv2d(3).withMultiplier(2).withPadding(Padding.SAME)),
                Arguments.of(
                        "separable-conv2d:channels=64,kernel=3,padding=1",
                        Layers.separableConv2d(64, 3).withPadding(1)),
                Arguments.of(
                        "max-pool2d:kernel=3,stride=2,padding=1,ceil=true",
                        Layers.maxPool2d(3, 2).withPadding(1).withCeil()),
                Arguments.of(
                        "avg-pool1d:kernel=4,stride=2,padding=1/0",
                        Layers.avgPool1d(4, 2).withPadding(Padding1d.of(1, 0))),
                Arguments.of(
                        "norm-add:norm=(batch-norm:activation=relu)",
                        Layers.normAdd(Layers.batchNorm(Activation.RELU))),
                Arguments.of(
                        "conv-add:conv=(conv2d:channels=64,kernel=3,padding=1)",
                        Layers.convAdd(Layers.conv2d(64, 3).withPadding(1))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv2d:kernel=3|here conv2d: expects conv2d:channels=…, which has no default value",
                "conv2d:channels=3|here conv2d: expects conv2d:kernel=…, which has no default value",
                "conv2d:channels=3,kernel=3x3|conv2d:kernel: expects a whole number up to 2147483647, got '3x3'",
                "conv2d:channels=3,kernel=1/2/3|conv2d:kernel: expects a number, or two for rows and columns with /",
                "conv2d:channels=3,kernel=0|window: expects a kernel from 1, got 0×0",
                "conv2d:channels=3,kernel=3,padding=full|conv2d:padding: expects a whole number",
                "conv2d:channels=3,kernel=3,padding=1/2/3|expects same, valid, a number, rows/columns, or top/left/",
                "conv2d:channels=3,kernel=3,padding=-1|padding: expects 0 or more, got -1",
                "conv2d:channels=3,kernel=3,pading=1|Did you mean 'padding'?",
                "conv2d:channels=3,kernel=3,strides=1|Did you mean 'stride'?",
                "conv1d:channels=3,kernel=3,padding=1/2/3|expects same, valid, causal, a number, or left/right, got"
                        + " '1/2/3'",
                "conv1d:channels=3,kernel=3/1|conv1d:kernel: expects a whole number up to 2147483647, got '3/1'",
                "conv-transpose2d:channels=3,kernel=3,output-padding=1|expects an output padding below its stride",
                "conv-add:conv=flatten|expects one of conv2d, got 'flatten'"
            })
    void windowsThatCannotBeAreRefused(String text, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Node.class, text))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "adam:decay=0.1, false",
        "adamw:decay=0.1, true",
        "adam:decay=decoupled:0.1, true",
        "adamw:decay=coupled:0.1, false"
    })
    void aDecayIsOfTheKindThatIsUsualForItsOptimizerUnlessItSaysWhich(String text, boolean decoupled) {
        assertThat(read(Optimizer.class, text).decay()).isEqualTo(new WeightDecay(0.1, decoupled));
    }

    @Test
    void schedulesFollowOneAnotherAndCountEpochsIfTold() {
        assertThat(read(Schedule.class, "warmup:length=200+cosine:floor=1e-5"))
                .isEqualTo(Schedules.warmup(200).then(Schedules.cosine().withFloor(1e-5)));
        assertThat(read(Schedule.class, "step:size=10,gamma=0.5,per=epoch"))
                .isEqualTo(Schedules.step(10).withGamma(0.5).perEpoch());
        assertThat(read(
                        Schedule.class,
                        "constant:lasting=5+multi-step:milestones=30/60,lasting=90+cyclic:low=1e-4,momentum=0/0"))
                .isEqualTo(Schedules.constant()
                        .lasting(5)
                        .then(Schedules.multiStep(30, 60).lasting(90))
                        .then(Schedules.cyclic(1e-4, 2_000).withMomentum(MomentumCycle.NONE)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "warmup:length=5,start=0.01,per=epoch+constant:factor=1,per=epoch,lasting=3+cosine:length=0,floor=0,per=epoch",
                "one-cycle:length=0,rise=0.3,linear=false,start-divisor=25,end-divisor=10000,momentum=0.85/0.95,three-phases=false"
            })
    void aScheduleIsWrittenAsItIsRead(String text) {
        assertThat(CATALOG.text(read(Schedule.class, text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cosine+|expects a name in lower case",
                "warmup:length=3+cosin|Did you mean 'cosine'?",
                "cosine+constant|expects a length, as another follows",
                "warmup:length=3+cosine:per=epoch|expects to count steps like the first",
                "step|here step: expects step:size=…, which has no default value",
                "step:size=0|step schedule: size: expects a whole number from 1 to 1e15, got 0",
                "step:size=1,per=year|expects one of step, epoch, got 'year'",
                "reduce-on-plateau:per=step|expects per=epoch",
                "constant:lasting=-1|from 1 to 1e15, got -1",
                "one-cycle:momentum=0.9|expects 2 numbers with / between them, got '0.9'",
                "one-cycle:momentum=0.9/0.8|expects low to be at most high"
            })
    void aScheduleThatCannotBeIsRefused(String text, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Schedule.class, text))
                .withMessageContaining(message);
    }

    @Test
    void augmentationsAreJoinedByCommasAsTheirSettingsAre() {
        String text = "flip,crop:padding=4,fill=0.5,scale:least=0.8,most=1.2,mixup:alpha=0.2";
        Augmentations read = read(Augmentations.class, text);
        assertThat(read)
                .isEqualTo(Augmentations.of(
                        Augmentations.flip(),
                        new PaddedCrop(4, 0.5),
                        Augmentations.scale(0.8, 1.2),
                        new Mixup(0.2, 1)));
        assertThat(CATALOG.brief(read)).isEqualTo(text);
        assertThat(read(Augmentations.class, CATALOG.text(read))).isEqualTo(read);
        assertThat(read(Augmentations.class, "none")).isEqualTo(Augmentations.NONE);
        assertThat(CATALOG.text(Augmentations.NONE)).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flop|expects one of flip, vertical-flip, crop|Did you mean 'flip'?",
                "crop|here crop: expects crop:padding=…|which has no default value",
                "flip,|expects a name in lower case|got ''",
                "fill=0|expects a name in lower case|got 'fill=0'",
                "flip,chance=0.3,chance=0.4|expects each setting once|got 'chance' twice",
                "flip:chance=1.5|flip, chance: expects a number from 0 to 1|got 1.5",
                "cutout:size=0|cutout, size: expects 1 to|got 0",
                "mixup:alpha=0|mixup, alpha: expects a number above 0|got 0.0",
                "mixup,flip|augmentations: expects those of images before those of batches|mixup and cutmix last"
            })
    void augmentationsThatCannotBeAreRefused(String text, String start, String end) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Augmentations.class, text))
                .withMessageContaining(start)
                .withMessageContaining(end);
    }

    @Test
    void briefSaysWhatIsUnusualUnderTheNameThatNeedsLeast() {
        assertThat(CATALOG.brief(Optimizers.adam(1e-3))).isEqualTo("adam");
        assertThat(CATALOG.brief(Optimizers.adamW(2e-8))).isEqualTo("adamw:rate=2e-8");
        assertThat(CATALOG.brief(Optimizers.adamW(1e-3, 0.05))).isEqualTo("adamw:decay=0.05");
        assertThat(CATALOG.brief(Optimizers.adam(1e-3).withDecay(WeightDecay.coupled(0.05))))
                .isEqualTo("adam:decay=0.05");
        assertThat(CATALOG.brief(Initializers.heNormal())).isEqualTo("he-normal");
        assertThat(CATALOG.brief(Initializers.constant(2))).isEqualTo("constant:value=2");
        assertThat(CATALOG.text(Optimizers.sgd(0.1)))
                .isEqualTo("sgd:rate=0.1,momentum=0,dampening=0,nesterov=false,decay=0");
        assertThat(CATALOG.brief(Layers.dense(8, Activation.leakyRelu(0.25)).withWeights(Initializers.xavierUniform())))
                .isEqualTo("dense:units=8,activation=(leaky-relu:slope=0.25)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adm|here: expects one of sgd, adam, adamw|got 'adm'. Did you mean 'adam'?",
                "adam:beta=0.5|here adam: expects settings of rate, beta1, beta2, epsilon, amsgrad, decay"
                        + "|got 'beta'. Did you mean 'beta1'?",
                "sgd:momentum=1|momentum: expects a number from 0 to below 1|got 1.0",
                "sgd:rate=NaN|learning rate: expects a number above 0|got NaN",
                "sgd:rate=1e30|learning rate: expects a number above 0 and below 1e10|got 1.0E30",
                "sgd:rate=0x1p3|here sgd:rate: expects a number|got '0x1p3'",
                "sgd:rate=1f|here sgd:rate: expects a number|got '1f'",
                "sgd:nesterov=yes|here sgd:nesterov: expects true or false|got 'yes'",
                "sgd:decay=much|here sgd:decay: expects a number|got 'much'",
                "sgd:momentum=0,momentum=1|here sgd: expects each setting once|got 'momentum' twice"
            })
    void whatIsWrongIsToldWithItsPlaceAndWhatIsKnown(String text, String start, String end) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Optimizer.class, text))
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).contains(end));
    }

    @Test
    void whatOtherLibrariesCallAThingLeadsToItsName() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Initializer.class, "kaiming_normal"))
                .withMessageContaining("expects a name in lower case");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Initializer.class, "glorot-normal"))
                .withMessageEndingWith("Did you mean 'xavier-normal'?");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Loss.class, "mean-squared-error"))
                .withMessageEndingWith("Did you mean 'mse'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sgd:", "sgd:momentum", "sgd:momentum=", "sgd:=1", "sgd:,", "Sgd", "sgd momentum", ":a=1"})
    void whatIsNoSuchTextIsRefused(String text) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Optimizer.class, text))
                .withMessageContaining("got '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense:units=3,activation=(relu", "dense:units=3,activation=relu)", "dense:units=)3("})
    void parenthesesThatDoNotMatchAreRefused(String text) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Node.class, text))
                .withMessageContaining("got '" + text + "'");
    }

    @Test
    void thingsWithinThingsEndSomewhere() {
        String deep = "frozen:node=(".repeat(100_000) + "flatten" + ")".repeat(100_000);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Node.class, deep))
                .withMessageContaining("expects a name in lower case");
        assertThat(read(Node.class, "frozen:node=(named:name=a,node=flatten)"))
                .isEqualTo(frozen(named("a", flatten())));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "dense:units=3,activation=relu|he-uniform",
                "dense:units=3,activation=softplus|he-uniform",
                "conv2d:channels=2,kernel=3,activation=selu|lecun-normal",
                "dense:units=3,activation=tanh|xavier-uniform",
                "dense:units=3|xavier-uniform",
                "dense:units=3,activation=relu,weights=zeros|zeros",
                "dense:units=3,activation=relu,weights=xavier-uniform|xavier-uniform"
            })
    void aLayerWithoutAChoiceOfWeightsHasThoseThatSuitItsActivation(String text, String weights) {
        Layer made = CATALOG.layer("here", text);
        Initializer own = made instanceof Dense dense ? dense.weights() : ((Conv2d) made).weights();
        assertThat(own).isEqualTo(read(Initializer.class, weights));
    }

    @Test
    void recurrentLayersByNameAreThoseOfCode() {
        assertThat(CATALOG.layer("here", "simple-rnn:units=5")).isEqualTo(Layers.simpleRnn(5));
        assertThat(CATALOG.layer("here", "lstm:units=5")).isEqualTo(Layers.lstm(5));
        assertThat(CATALOG.layer("here", "gru:units=5")).isEqualTo(Layers.gru(5));
    }

    @Test
    void aLayerWithoutWeightsOrWithOtherUsualOnesIsUnchanged() {
        for (String text : List.of("flatten", "batch-norm", "prelu")) {
            assertThat(CATALOG.layer("here", text)).isEqualTo(read(Layer.class, text));
        }
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CATALOG.layer("here", "dense:units=3,activation=rely"))
                .withMessageStartingWith("here dense:activation: ")
                .withMessageEndingWith("Did you mean 'relu'?");
    }

    @Test
    void aNameOfOneKindIsNoneOfAnother() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Activation.class, "adam"))
                .withMessageContaining("expects one of identity, relu");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Initializer.class, "he-normal:gain=3"))
                .withMessage("here he-normal: expects no settings, got 'gain'");
    }

    @Test
    void aRecordOfOnesOwnHasItsSettingsFromItsComponents() {
        Catalog own = CATALOG.with("own", Own.class);
        assertThat(own.read("here", Optimizer.class, "own:learning-rate=0.5,deep-decay=0"))
                .isEqualTo(new Own(0.5, WeightDecay.NONE));
        assertThat(own.text(new Own(2, WeightDecay.decoupled(1))))
                .isEqualTo("own:learning-rate=2,deep-decay=decoupled:1");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> own.with("own", Own.class))
                .withMessage("catalog: expects a new name, got 'own'");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CATALOG.text(new Own(2, WeightDecay.NONE)))
                .withMessageContaining("expects a record that has a name in it");
    }

    /// An optimizer of a user.
    public record Own(double learningRate, WeightDecay deepDecay) implements Optimizer {
        @Override
        public double rate() {
            return learningRate;
        }

        @Override
        public int slots() {
            return 0;
        }

        @Override
        public void step(
                dev.neurite.optim.UpdateRange range,
                float[] theta,
                float[] gradient,
                dev.neurite.optim.OptimizerState state,
                dev.neurite.kernel.Kernels kernels) {
            throw new UnsupportedOperationException();
        }
    }
}
