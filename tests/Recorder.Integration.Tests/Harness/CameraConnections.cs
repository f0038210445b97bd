using System.Globalization;

namespace Recorder.Integration.Tests.Harness;

/// <summary>What <see cref="RtspSimulator"/> noted of its connections.</summary>
public sealed class CameraConnections
{
    private readonly List<(DateTimeOffset At, string What, int Client)> _lines;

    private CameraConnections(List<(DateTimeOffset At, string What, int Client)> lines) => _lines = lines;

    /// <summary>How many there were.</summary>
    public int Begun => Count("begin");

    /// <summary>How often a client was refused because another one was connected.</summary>
    public int Refused => Count("refused");

    /// <summary>How often a client took the connection of another.</summary>
    public int Evicted => Count("evicted");

    /// <summary>How many there were at a time, at most.</summary>
    public int MostAtOnce
    {
        get
        {
            var (now, most) = (0, 0);
            foreach (var line in _lines)
                most = Math.Max(most, now += line.What switch { "begin" => 1, "end" or "evicted" => -1, _ => 0 });

            return most;
        }
    }

    public static CameraConnections Read(string path) => new(
    [
        .. File.ReadAllLines(path).Select(line => line.Split(' ')).Where(line => line.Length == 3).Select(line =>
            (DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(double.Parse(line[0], CultureInfo.InvariantCulture)), line[1], int.Parse(line[2], CultureInfo.InvariantCulture))),
    ]);

    /// <summary>What was noted from a time on.</summary>
    public CameraConnections From(DateTimeOffset time) => new([.. _lines.Where(line => line.At >= time)]);

    /// <summary>What was noted until a time.</summary>
    public CameraConnections Until(DateTimeOffset time) => new([.. _lines.Where(line => line.At < time)]);

    /// <summary>The longest time between two connections.</summary>
    public TimeSpan FindLongestIdle()
    {
        var (now, idle, longest) = (0, (DateTimeOffset?)null, TimeSpan.Zero);
        foreach (var line in _lines)
        {
            if (line.What == "begin" && now++ == 0 && idle is { } since && line.At - since > longest)
                longest = line.At - since;
            else if (line.What is "end" or "evicted" && --now <= 0)
                (now, idle) = (0, line.At);
        }

        return longest;
    }

    public string Summarize() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Begun} connections, {MostAtOnce} at once at most, {Refused} refused, {Evicted} taken away, nobody connected for {FindLongestIdle().TotalSeconds:0.0} s at most");

    public override string ToString() => string.Join('\n', _lines.Select(line => $"{line.At:HH:mm:ss.fff} {line.What} {line.Client}"));

    private int Count(string what) => _lines.Count(line => line.What == what);
}
