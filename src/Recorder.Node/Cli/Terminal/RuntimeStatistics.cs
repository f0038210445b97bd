namespace Recorder.Node.Cli.Terminal;

/// <summary>With <c>RECORDER_STATS=1</c> prints the cost of a run, without five seconds of warm-up, as JSON.</summary>
internal sealed class RuntimeStatistics : IDisposable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly CommandOutput _console;
    private readonly ITimer _warmUpTimer;
    private Snapshot _start;

    private RuntimeStatistics(TimeProvider time, CommandOutput console)
    {
        (_time, _console) = (time, console);
        _start = Take();
        _warmUpTimer = time.CreateTimer(_ => _start = Take(), null, WarmUp, Timeout.InfiniteTimeSpan);
    }

    public static RuntimeStatistics? StartIfRequested(TimeProvider time, CommandOutput console) =>
        Environment.GetEnvironmentVariable("RECORDER_STATS") == "1" ? new RuntimeStatistics(time, console) : null;

    public void Dispose()
    {
        _warmUpTimer.Dispose();
        var (start, end) = (_start, Take());
        var line = JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal)
        {
            ["stats"] = new(StringComparer.Ordinal)
            {
                ["seconds"] = Math.Round(_time.GetElapsedTime(start.At, end.At).TotalSeconds, 3),
                ["gen0"] = end.Gen0 - start.Gen0,
                ["gen1"] = end.Gen1 - start.Gen1,
                ["gen2"] = end.Gen2 - start.Gen2,
                ["gen2WarmUp"] = start.Gen2,
                ["allocatedBytes"] = end.Allocated - start.Allocated,
                ["heapBytes"] = GC.GetGCMemoryInfo().HeapSizeBytes,
                ["cpuSeconds"] = Math.Round((end.Cpu - start.Cpu).TotalSeconds, 3),
                ["threads"] = end.Threads,
                ["pool"] = ThreadPool.ThreadCount,
            },
        });
        _console.ErrorLine(line);
    }

    private Snapshot Take()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new Snapshot(
            _time.GetTimestamp(), GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2),
            GC.GetTotalAllocatedBytes(), process.TotalProcessorTime, process.Threads.Count);
    }

    private sealed record Snapshot(long At, int Gen0, int Gen1, int Gen2, long Allocated, TimeSpan Cpu, int Threads);
}
