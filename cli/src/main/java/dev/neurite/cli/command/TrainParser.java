package dev.neurite.cli.command;

import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.SettingOptions;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.run.TrainingReader;
import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Parses configurations as options of `train`, for other commands.
final class TrainParser implements TrainingReader {
    private final Console io;

    TrainParser(Console io) {
        this.io = io;
    }

    private CommandLine parser() {
        var options = new GlobalOptions();
        var train = new TrainCommand(new Context(io, options), Optional.empty());
        return CommandRunner.withConverters(SettingOptions.parser(train).addMixin("global", options));
    }

    private <T> T read(ConfigFile file, Function<TrainCommand, T> use) {
        CommandLine train = parser();
        try {
            train.parseArgs(file.arguments(train.getCommandSpec(), List.of()).toArray(String[]::new));
            return use.apply(train.getCommand());
        } catch (ParameterException e) {
            throw new ConfigException(CommandRunner.place(file, e).orElse(file.file()), CommandRunner.problem(e));
        } catch (ConfigException e) {
            throw file.located(e);
        }
    }

    @Override
    public ConfigKeys keys() {
        return new ConfigKeys(parser().getCommandSpec());
    }

    @Override
    public TrainSettings settings(ConfigFile file) {
        return read(file, TrainCommand::settings);
    }

    @Override
    public TrainSettings settingsOf(String command, ConfigFile file) {
        return read(file, train -> train.settingsWithoutFolds(command));
    }

    @Override
    public LoadedData data(ConfigFile file) {
        return read(file, TrainCommand::data);
    }

    @Override
    public Map<String, Object> options(ConfigFile file) {
        return read(file, TrainCommand::options);
    }
}
