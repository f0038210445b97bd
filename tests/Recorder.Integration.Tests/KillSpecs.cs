using System.Globalization;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests;

/// <summary>
/// Invariants 3 and 6: every byte of every announced blob is on disk, and killing the process at any instant loses at most the last
/// fragment; all earlier blobs verify.
/// </summary>
public class KillSpecs(ITestOutputHelper log)
{
    private const int Lanes = 3;

    private static readonly int Moments = int.Parse(Environment.GetEnvironmentVariable("RECORDER_KILL_MOMENTS") ?? "8", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_at_random_moments_every_announced_blob_is_in_the_file_and_decodes()
    {
        var seed = Environment.GetEnvironmentVariable("RECORDER_KILL_SEED") is { Length: > 0 } given
            ? int.Parse(given, null)
            : Random.Shared.Next();
        log.WriteLine($"RECORDER_KILL_SEED={seed}");
        var random = new Random(seed);
        var h264 = await MediaZoo.GetAsync("h264.mp4");
        var vp8 = await MediaZoo.GetAsync("vp8-opus.webm");
        string[] kinds =
        [
            $"record {h264}?loop --timeslice 200ms --fragment 200ms -o take.mp4 --json",
            $"record {h264}?loop --timeslice 500ms -o take.mkv --json",
            $"record {vp8}?loop --timeslice 300ms -o take.webm --json",
            "record test:?size=320x240 --timeslice 250ms -o take.mp4 --json",
            $"record {h264}?loop --timeslice 1s --fragment 100ms --out takes --json",
        ];
        var runs = Enumerable.Range(0, Moments)
            .Select(n => (Arguments: kinds[n % kinds.Length], Delay: TimeSpan.FromMilliseconds(random.Next(0, 1800))))
            .ToList();
        var announced = 0;
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (run, _) =>
        {
            try
            {
                Interlocked.Add(ref announced, await KillAsync(run.Arguments, run.Delay));
            }
            catch (Exception failure)
            {
                throw new ShouldAssertException($"seed {seed}, {run.Delay.TotalMilliseconds} ms after the start: {failure.Message}", failure);
            }
        });
        log.WriteLine($"{announced} blobs were announced in {Moments} killed recordings");
        announced.ShouldBeGreaterThan(Moments);
    }

    private static async Task<int> KillAsync(string arguments, TimeSpan delay)
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.Start(folder.Root, arguments);
        await process.EventAsync("start");
        await Task.Delay(delay); // The random moment itself, not a wait for something.
        process.Signal(RecorderProcess.Kill);
        await process.ExitAsync();

        var blobs = process.Data.Select(e => e.Blob).Where(b => b.Length > 0).ToList();
        if (blobs.Count == 0)
            return 0;

        Recorded.ConcatenationIsTheFile(blobs, whole: false);
        var index = Recorded.ReadIndex(Recorded.IndexOf(blobs[0].Path), cut: true);
        index.Select(l => (l.Number, l.Offset, l.Length, l.Crc32C)).Take(blobs.Count)
            .ShouldBe(blobs.Select(b => (b.Number, b.Offset, b.Length, b.Crc32C)), process.Describe());

        var announced = folder.File("announced" + Path.GetExtension(blobs[0].Path));
        await using (var whole = File.OpenRead(blobs[0].Path))
        await using (var part = File.Create(announced))
        {
            var bytes = new byte[blobs[^1].Offset + blobs[^1].Length];
            await whole.ReadExactlyAsync(bytes);
            await part.WriteAsync(bytes);
        }

        var probe = await Recorded.PlaysFromZeroAsync(announced);
        (probe.Span(probe.Video!) * 1000).ShouldBe(blobs[^1].MediaTime + blobs[^1].Duration, 90, process.Describe());
        return blobs.Count;
    }
}
