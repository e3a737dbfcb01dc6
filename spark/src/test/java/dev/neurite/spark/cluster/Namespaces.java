package dev.neurite.spark.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Hosts of their own as far as the network goes: network namespaces of Linux, each with a cable to a switch
/// that can be cut, so that packets are lost and nobody is told. Only root may do this.
public final class Namespaces implements AutoCloseable {
    private final String name = "nrt" + ProcessHandle.current().pid() % 1_000_000; // of a link: at most 15 letters
    private final String network = "10.213." + ProcessHandle.current().pid() % 250 + ".";
    private final List<Host> hosts = new ArrayList<>();

    /// @param count the number of hosts
    public Namespaces(int count) throws IOException {
        ip("link add " + name + " type bridge");
        boolean complete = false;
        try {
            ip("addr add " + network + "1/24 dev " + name);
            ip("link set " + name + " up");
            for (int i = 0; i < count; i++) add(i);
            complete = true;
        } finally {
            if (!complete) close();
        }
    }

    private void add(int number) throws IOException {
        String address = network + (number + 2);
        String space = space(number);
        ip("netns add " + space);
        hosts.add(new Host(address, List.of("ip", "netns", "exec", space)));
        ip("link add " + cable(number) + " type veth peer name eth0 netns " + space);
        ip("link set " + cable(number) + " master " + name);
        ip("-n " + space + " addr add " + address + "/24 dev eth0");
        ip("-n " + space + " link set lo up");
        ip("-n " + space + " link set eth0 up");
        mend(number);
    }

    /// Why there can be none here; empty if there can.
    public static Optional<String> obstacle() {
        if (!Command.isRoot()) return Optional.of("network namespaces need root");
        boolean ip = List.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip").stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each)));
        return ip ? Optional.empty() : Optional.of("network namespaces need the command ip of iproute2");
    }

    /// This machine, as the hosts know it.
    public Host machine() {
        return new Host(network + "1", List.of());
    }

    /// A host.
    /// @param number from 0
    public Host host(int number) {
        return hosts.get(number);
    }

    private String space(int number) {
        return "neurite-" + name + "-" + number;
    }

    private String cable(int number) {
        return name + "c" + number;
    }

    /// Cuts a host off: no packet reaches it, and none leaves.
    public void cut(int number) throws IOException {
        ip("link set " + cable(number) + " down");
    }

    /// Ends what [#cut] began.
    public void mend(int number) throws IOException {
        ip("link set " + cable(number) + " up");
    }

    /// Limits what a host may send.
    /// @param rate as `tc` reads it, such as `1gbit`
    public void limit(int number, String rate) throws IOException {
        Command.run(List.of(("tc -n " + space(number) + " qdisc replace dev eth0 root tbf rate " + rate
                        + " burst 256kb latency 100ms")
                .split(" ")));
    }

    private static void ip(String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Command.run(command);
    }

    /// Deletes them; their processes must have ended.
    @Override
    public void close() throws IOException {
        for (int i = 0; i < hosts.size(); i++) ip("netns del " + space(i));
        ip("link del " + name);
    }
}
