using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>A spec that needs hosts of its own: network namespaces, which only root may make.</summary>
public sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = NetworkLab.IsPossible ? null : "network namespaces need root, iproute2, /dev/net/tun and a kernel that allows them";
}

/// <summary>The same for a spec with several cases.</summary>
public sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = new NetworkFactAttribute().Skip;
}

/// <summary>Hosts on one switch, each in a network namespace; what is between them can be cut.</summary>
public sealed class NetworkLab : IDisposable
{
    /// <summary>The collection of specs with networks of their own: one runs at a time, beside specs without.</summary>
    public const string OneAtATime = "one network at a time";

    private static readonly Lock Beginning = new();

    private static int _labs;

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"rc{Environment.ProcessId % 10000}-{Interlocked.Increment(ref _labs)}");
    private readonly int _net;
    private readonly List<string> _hosts = [];
    private readonly LossySwitch? _lossy;

    public NetworkLab(params string[] hosts)
        : this(null, hosts)
    {
    }

    /// <param name="lossy">The switch; null is one that loses nothing.</param>
    /// <param name="hosts">Their names.</param>
    public NetworkLab(LossySwitch? lossy, params string[] hosts)
    {
        _lossy = lossy;
        if (lossy is null)
        {
            Run("ip", "netns", "add", Switch);
            In(Switch, "ip", "link", "add", "switch", "type", "bridge");
            In(Switch, "ip", "link", "set", "switch", "up");
        }

        // This process is a host, too. Labs of one process begin one after the other, those of two processes at different numbers.
        lock (Beginning)
        {
            _net = FindFree();
            Connect(1, null);
        }

        for (var n = 0; n < hosts.Length; n++)
        {
            _hosts.Add(hosts[n]);
            Run("ip", "netns", "add", Namespace(hosts[n]));
            In(Namespace(hosts[n]), "ip", "link", "set", "lo", "up");
            Connect(n + 2, Namespace(hosts[n]));
        }
    }

    /// <summary>Whether this process may.</summary>
    public static bool IsPossible { get; } =
        Environment.UserName == "root" && LossySwitch.IsPossible && TryRun("unshare", "-n", "ip", "link", "add", "switch", "type", "bridge");

    // Names of interfaces have 15 letters at most.
    private string Here => $"{_prefix}-h";

    private string Switch => $"{_prefix}-sw";

    public string AddressOf(string host) => string.Create(CultureInfo.InvariantCulture, $"10.77.{_net}.{_hosts.IndexOf(host) + 2}");

    /// <summary>Where the hosts reach this process.</summary>
    public string AddressHere => string.Create(CultureInfo.InvariantCulture, $"10.77.{_net}.1");

    /// <summary>What runs a command on a host.</summary>
    public string[] Through(string host) => Within(Namespace(host));

    /// <summary>From here on nothing gets from one host to the other, and nobody is told.</summary>
    public void Cut(string one, string other)
    {
        In(Namespace(one), "ip", "route", "add", "blackhole", AddressOf(other) + "/32");
        In(Namespace(other), "ip", "route", "add", "blackhole", AddressOf(one) + "/32");
    }

    public void Heal(string one, string other)
    {
        In(Namespace(one), "ip", "route", "del", "blackhole", AddressOf(other) + "/32");
        In(Namespace(other), "ip", "route", "del", "blackhole", AddressOf(one) + "/32");
    }

    /// <summary>From here on nothing gets from a host to this process, its answers neither.</summary>
    public void CutFromHere(string host) => In(Namespace(host), "ip", "route", "add", "blackhole", AddressHere + "/32");

    public void HealFromHere(string host) => In(Namespace(host), "ip", "route", "del", "blackhole", AddressHere + "/32");

    public void Dispose()
    {
        foreach (var host in _hosts)
            TryRun("ip", "netns", "del", Namespace(host));

        if (_lossy is null)
            TryRun("ip", "netns", "del", Switch);

        TryRun("ip", "link", "del", Here);
    }

    private string Namespace(string host) => $"{_prefix}-{host}";

    private static int FindFree()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces().SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address.GetAddressBytes()).Where(bytes => bytes is [10, 77, _, _]).Select(bytes => (int)bytes[2]).ToHashSet();
        return Enumerable.Range(Environment.ProcessId % 100, 155).First(net => !taken.Contains(net));
    }

    private void Connect(int number, string? space)
    {
        var name = space is null ? Here : "eth";
        if (_lossy is not null)
        {
            var device = space is null ? Here : $"{_prefix}-t{number}";
            _lossy.Plug(device);
            if (space is not null)
                Run("ip", "link", "set", device, "netns", space, "name", name);
        }
        else
        {
            In(Switch, "ip", "link", "add", $"p{number}", "type", "veth", "peer", "name", $"q{number}");
            In(Switch, "ip", "link", "set", $"p{number}", "master", "switch", "up");
            In(Switch, "ip", "link", "set", $"q{number}", "netns", space ?? Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "name", name);
        }

        string[] at = space is null ? [] : Within(space);
        Run([.. at, "ip", "address", "add", string.Create(CultureInfo.InvariantCulture, $"10.77.{_net}.{number}/24"), "dev", name]);
        Run([.. at, "ip", "link", "set", name, "up"]);
    }

    private static void In(string space, params string[] line) => Run([.. Within(space), .. line]);

    // 'ip netns exec' also remounts, which does not work where the root is no mount point, as in a chroot.
    private static string[] Within(string space) => ["nsenter", $"--net=/run/netns/{space}"];

    private static void Run(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{string.Join(' ', line)}: {error}");
    }

    private static bool TryRun(params string[] line)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
