package dev.neurite.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.model.Layer;
import dev.neurite.optim.Lbfgs;
import dev.neurite.optim.Optimizer;
import dev.neurite.yaml.YamlNode.Place;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EntryReaderTest {
    private static String read(List<Class<?>> kinds, String yaml) {
        var reader = new EntryReader(
                "key",
                (entry, member) -> new ConfigException(
                        member.place().toString(), "no " + member.spelled() + " in " + entry.name()));
        return reader.text(kinds, YamlReader.text(new Place("x", 1), yaml));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sgd | sgd",
                "sgd:momentum=0.9 | sgd:momentum=0.9",
                "{name: sgd, momentum: 0.9, nesterov: true} | sgd:momentum=0.9,nesterov=true",
                "{sgd: {momentum: 0.9}} | sgd:momentum=0.9",
                "{sgd: } | sgd",
                "{name: sgd} | sgd",
                "{name: 'sgd:momentum=0.9', nesterov: true} | sgd:momentum=0.9,nesterov=true",
                "{name: sgd, momentum: 0.5, decay: 'decoupled:0.01'} | sgd:momentum=0.5,decay=decoupled:0.01",
                "{name: lbfgs, history: 5} | lbfgs:history=5"
            })
    void anEntryIsATextOrAMapping(String yaml, String text) {
        List<Class<?>> kinds = List.of(Optimizer.class, Lbfgs.class);
        assertThat(read(kinds, yaml)).isEqualTo(text);
        Class<?> kind = text.startsWith("lbfgs") ? Lbfgs.class : Optimizer.class;
        assertThat(Catalog.standard().read("text", kind, text)).isNotNull();
    }

    @Test
    void settingsMayBeListsEntriesAndNothing() {
        assertThat(read(
                        List.of(Layer.class),
                        "residual: {body: {conv2d: {channels: 2, kernel: [3, 1], activation: {name:"
                                + " leaky-relu, slope: 0.2}}}}"))
                .isEqualTo("residual:body=(conv2d:channels=2,kernel=3/1,activation=(leaky-relu:slope=0.2))");
        assertThat(read(List.of(Layer.class), "{name: dense, units: 4, activation: ~, weights: []}"))
                .isEqualTo("dense:units=4,activation=none,weights=none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[sgd] | x:1 key: expects a value, got a list",
                "~ | x:1 key: expects a value, got nothing",
                "{momentum: 0.9, nesterov: true} | x:1 key: expects a name and its settings, got no name",
                "{name: [sgd]} | x:1 key: expects a value, got a list",
                "{sgd: 0.9} | x:1 key: expects settings of sgd, got '0.9'",
                "{name: sdg} | x:1 key: expects one of sgd, ",
                "{name: sgd, momentm: 0.9} | x:1: no momentm in sgd",
                "{name: sgd, momentum: {a: 1}} | x:1 key.momentum: expects a value, got a mapping",
                "{name: sgd, momentum: '0.5,nesterov=true'} | x:1 key.momentum: expects one value, got"
                        + " '0.5,nesterov=true'",
                "{name: sgd, momentum: '0.5)'} | x:1 key.momentum: expects one value, got '0.5)'",
                "{name: sgd, momentum: ''} | x:1 key.momentum: expects one value, got ''",
                "{name: sgd, momentum: [[1]]} | x:1 key.momentum: expects a value, got a list"
            })
    void whatIsNoEntryIsRefusedWithItsPlace(String yaml, String message) {
        assertThatThrownBy(() -> read(List.of(Optimizer.class), yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }
}
