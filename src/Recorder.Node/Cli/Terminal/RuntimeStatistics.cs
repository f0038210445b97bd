using System.Globalization;
using System.Text.Json;

namespace Recorder.Node.Cli.Terminal;

/// <summary>
/// What a run costs, for benchmarks: with <c>RECORDER_STATS=1</c> one JSON line on standard error at the end, counted from five
/// seconds after the start, when all is warm.
/// </summary>
internal sealed class RuntimeStatistics : IDisposable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly CommandOutput _console;
    private readonly ITimer _warm;
    private Snapshot _from;

    private RuntimeStatistics(TimeProvider time, CommandOutput console)
    {
        (_time, _console) = (time, console);
        _from = Take();
        _warm = time.CreateTimer(_ => _from = Take(), null, WarmUp, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Counts if the environment asks for it.</summary>
    public static RuntimeStatistics? IfAsked(TimeProvider time, CommandOutput console) =>
        Environment.GetEnvironmentVariable("RECORDER_STATS") == "1" ? new RuntimeStatistics(time, console) : null;

    /// <summary>Prints the line.</summary>
    public void Dispose()
    {
        _warm.Dispose();
        var (from, to) = (_from, Take());
        var line = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal)
        {
            ["stats"] = new(StringComparer.Ordinal)
            {
                ["seconds"] = Math.Round(_time.GetElapsedTime(from.At, to.At).TotalSeconds, 3),
                ["gen0"] = to.Gen0 - from.Gen0,
                ["gen1"] = to.Gen1 - from.Gen1,
                ["gen2"] = to.Gen2 - from.Gen2,
                ["gen2WarmUp"] = from.Gen2,
                ["allocatedBytes"] = to.Allocated - from.Allocated,
                ["heapBytes"] = GC.GetGCMemoryInfo().HeapSizeBytes,
                ["cpuSeconds"] = Math.Round((to.Cpu - from.Cpu).TotalSeconds, 3),
                ["threads"] = to.Threads,
                ["pool"] = ThreadPool.ThreadCount,
            },
        });
        _console.ErrorLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private Snapshot Take()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new Snapshot(
            _time.GetTimestamp(), GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2), GC.GetTotalAllocatedBytes(),
            process.TotalProcessorTime, process.Threads.Count);
    }

    private sealed record Snapshot(long At, int Gen0, int Gen1, int Gen2, long Allocated, TimeSpan Cpu, int Threads);
}
