using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Clocks and networks that nobody thought of: jumps, drifts, losses, stalls and wraps on two tracks, in any order.</summary>
public sealed class TimelinePropertySpecs
{
    private const double Settled = 15;
    private const double Last = 100;
    private const double MendsWithin = 130;
    private const double ToldWithin = 60;
    private const double Patience = 20;
    private const double Shortest = 0.005;
    private const double Close = LyingCamera.Frame + (2 * LyingCamera.Jitter);

    // What drifts by less than one part in two hundred for ever is mended again and again.
    private const double Ever = 0.1;

    private static readonly int Runs = Number("RECORDER_TIMELINE_RUNS", 20);
    private static readonly int Seed = Number("RECORDER_TIMELINE_SEED", 1);

    private static readonly Gen<int?> Track = Gen.Elements<int?>(null, null, LyingCamera.Video, LyingCamera.Audio);

    private static readonly Gen<double> At = Gen.Choose((int)(Settled * 100), (int)(Last * 100)).Select(at => at / 100.0);

    private static readonly Gen<Incident> Any = Gen.Frequency(
        (4, from at in At
            from jump in Gen.Elements(-3600, -8, -5, -3, -1, -0.6, 0.6, 1, 3, 5, 8, 12, 3600, 100_000)
            select new Incident(at, Trouble.Jump, jump)),
        (3, from at in At
            from rate in Gen.Elements(0.8, 0.9, 0.95, 0.99, 0.999, 1, 1, 1.001, 1.01, 1.05, 1.25)
            from track in Track
            select new Incident(at, Trouble.Rate, rate, track)),
        (2, from at in At from lasting in Gen.Choose(5, 400) from track in Track select new Incident(at, Trouble.Loss, lasting / 100.0, track)),
        (2, from at in At from lasting in Gen.Choose(5, 400) select new Incident(at, Trouble.Stall, lasting / 100.0)),
        (1, At.Select(at => new Incident(at, Trouble.Wrap, 0))));

    private static readonly Arbitrary<List<Incident>> Stories = Arb.From(
        from count in Gen.Choose(1, 6)
        from incidents in Gen.ListOf(Any, count)
        select incidents.OrderBy(incident => incident.At).ToList(),
        story => story.Select((_, index) => story.Where((_, other) => other != index).ToList()));

    [Fact]
    public void Media_time_is_true_time_within_a_frame_but_for_stated_mends_and_never_steps_back()
    {
        var config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Runs).WithQuietOnSuccess(true)
            .WithReplay(new FSharpOption<Replay>(new Replay(new Rnd((ulong)Seed), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Stories, story => Problem(story) is not { } problem ? true : throw new InvalidOperationException(problem)));
    }

    // The clock is set back while the sound is lost, by as much: where it goes on it seems to have gone on all the time.
    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public void A_track_that_was_quiet_while_anothers_jump_was_told_has_jumped_as_well(double before) => Problem(
    [
        new Incident(20.73, Trouble.Jump, before),
        new Incident(59.9, Trouble.Loss, 2.98, LyingCamera.Audio),
        new Incident(60.04, Trouble.Jump, -3),
    ]).ShouldBeNull();

    /// <summary>What is wrong with what the timeline made of a story; null when nothing is.</summary>
    private static string? Problem(List<Incident> story)
    {
        var camera = new LyingCamera(story);
        var packets = camera.Run(Last + MendsWithin + ToldWithin);
        foreach (var track in (int[])[LyingCamera.Video, LyingCamera.Audio])
        {
            var own = packets.Where(packet => packet.Track == track).ToList();
            var mends = StatedMends(camera, track).ToList();
            // After a stall it looks at longer intervals for a while.
            var stalled = story.Where(incident => incident.Trouble == Trouble.Stall).Sum(incident => incident.Amount);
            var changes = story.Where(incident => incident.Concerns(track) && (incident.Trouble is Trouble.Jump or Trouble.Rate)).Select(incident => incident.At).ToList();
            if (Unstated(own, mends, changes, Patience + (8 * stalled)) is { } lie)
            {
                return Tell($"Track {track} is off by {lie.Error:0.000} s at {lie.True:0.00} s, and nothing says so", story, camera);
            }

            if (own.Zip(own.Skip(1)).FirstOrDefault(pair => pair.Second.Out - pair.First.Out < Shortest) is { Second.True: > 0 } squeezed)
            {
                return Tell($"Packets of track {track} are squeezed at {squeezed.Second.True:0.00} s", story, camera);
            }

            if (own.FirstOrDefault(packet => packet.True > Last + MendsWithin && Math.Abs(packet.Error) > Ever) is { True: > 0 } late)
            {
                return Tell($"Track {track} is still off by {late.Error:0.000} s at {late.True:0.00} s", story, camera);
            }

            if (story.TrueForAll(incident => !incident.Concerns(track) || incident.Trouble is Trouble.Loss or Trouble.Stall or Trouble.Wrap) &&
                own.FirstOrDefault(packet => packet.Out != Math.Round(packet.Said, 9)) is { True: > 0 } changed)
            {
                return Tell($"Track {track} is healthy and was changed at {changed.True:0.00} s", story, camera);
            }
        }

        return null;
    }

    // What passes before arrival can tell it from a slow link is not held against the timeline: counted from the last change of its
    // clock, as a jump may leave another error than the drift before it.
    private static Mapped? Unstated(List<Mapped> packets, List<(double From, double To)> mends, List<double> changes, double patience)
    {
        double? since = null;
        foreach (var packet in packets.TakeWhile(packet => packet.True < Last + MendsWithin))
        {
            var isOff = Math.Abs(packet.Error) > Close && !mends.Exists(mend => packet.Arrival >= mend.From && packet.Arrival <= mend.To);
            since = isOff ? Math.Max(since ?? packet.Arrival, changes.FindLast(change => change <= packet.True)) : null;
            if (packet.Arrival - since > patience)
            {
                return packet;
            }
        }

        return null;
    }

    // From the last moment at which it was right until it is so again.
    private static IEnumerable<(double From, double To)> StatedMends(LyingCamera camera, int track)
    {
        double? since = null;
        foreach (var (at, mend) in camera.Mends.Where(told => told.Mend.Track == track))
        {
            if (mend.Verdict is null)
            {
                yield return (mend.Since.TotalSeconds, at);
            }
            else if (mend.Verdict == DriftVerdict.Began)
            {
                since ??= mend.Since.TotalSeconds;
            }
            else if (mend.Verdict == DriftVerdict.Ended && since is { } from)
            {
                yield return (from, at);
                since = null;
            }
        }

        if (since is { } open)
        {
            yield return (open, double.MaxValue);
        }
    }

    private static string Tell(string problem, List<Incident> story, LyingCamera camera) =>
        $"{problem}.\n{string.Join('\n', story)}\n{string.Join('\n', camera.Mends)}".ToString(CultureInfo.InvariantCulture);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
