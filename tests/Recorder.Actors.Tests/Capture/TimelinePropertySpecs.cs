using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Checks random combinations of jumps, drifts, losses, stalls and wraps on two tracks.</summary>
public sealed class TimelinePropertySpecs
{
    private const double Settled = 15;
    private const double Last = 100;
    private const double CorrectedWithin = 130;
    private const double ReportedWithin = 60;
    private const double Patience = 20;
    private const double Shortest = 0.005;
    private const double Close = SimulatedCamera.Frame + (2 * SimulatedCamera.Jitter);

    // A small drift that never ends is corrected again and again, so that some error always remains.
    private const double Ever = 0.1;

    private static readonly int Runs = Number("RECORDER_TIMELINE_RUNS", 20);
    private static readonly int Seed = Number("RECORDER_TIMELINE_SEED", 1);

    private static readonly Gen<int?> Track = Gen.Elements<int?>(null, null, SimulatedCamera.Video, SimulatedCamera.Audio);

    private static readonly Gen<double> At = Gen.Choose((int)(Settled * 100), (int)(Last * 100)).Select(at => at / 100.0);

    private static readonly Gen<Incident> Any = Gen.Frequency(
        (4, from at in At
            from jump in Gen.Elements(-3600, -8, -5, -3, -1, -0.6, 0.6, 1, 3, 5, 8, 12, 3600, 100_000)
            select new Incident(at, Disturbance.Jump, jump)),
        (3, from at in At
            from rate in Gen.Elements(0.8, 0.9, 0.95, 0.99, 0.999, 1, 1, 1.001, 1.01, 1.05, 1.25)
            from track in Track
            select new Incident(at, Disturbance.Rate, rate, track)),
        (2, from at in At from lasting in Gen.Choose(5, 400) from track in Track select new Incident(at, Disturbance.Loss, lasting / 100.0, track)),
        (2, from at in At from lasting in Gen.Choose(5, 400) select new Incident(at, Disturbance.Stall, lasting / 100.0)),
        (1, At.Select(at => new Incident(at, Disturbance.Wrap, 0))));

    private static readonly Arbitrary<List<Incident>> Incidents = Arb.From(
        from count in Gen.Choose(1, 6)
        from incidents in Gen.ListOf(Any, count)
        select incidents.OrderBy(incident => incident.At).ToList(),
        incidents => incidents.Select((_, index) => incidents.Where((_, other) => other != index).ToList()));

    [Fact]
    public void Media_time_is_true_time_within_a_frame_except_for_reported_corrections_and_never_steps_back()
    {
        var config = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Runs).WithQuietOnSuccess(true)
            .WithReplay(new FSharpOption<Replay>(new Replay(new Rnd((ulong)Seed), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Incidents, incidents => Problem(incidents) is not { } problem ? true : throw new InvalidOperationException(problem)));
    }

    // The clock is set back by as much time as the sound is lost, so that the next sound packet seems to follow directly.
    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public void A_track_that_was_quiet_during_the_jump_of_another_track_has_jumped_as_well(double before) => Problem(
    [
        new Incident(20.73, Disturbance.Jump, before),
        new Incident(59.9, Disturbance.Loss, 2.98, SimulatedCamera.Audio),
        new Incident(60.04, Disturbance.Jump, -3),
    ]).ShouldBeNull();

    /// <summary>Returns what is wrong with the timeline after some incidents; null for nothing.</summary>
    private static string? Problem(List<Incident> incidents)
    {
        var camera = new SimulatedCamera(incidents);
        var packets = camera.Run(Last + CorrectedWithin + ReportedWithin);
        foreach (var track in (int[])[SimulatedCamera.Video, SimulatedCamera.Audio])
        {
            var own = packets.Where(packet => packet.Track == track).ToList();
            var corrections = ReportedCorrections(camera, track).ToList();
            // After a stall the timeline measures in longer windows for a while.
            var stalled = incidents.Where(incident => incident.Disturbance == Disturbance.Stall).Sum(incident => incident.Amount);
            var changes = incidents.Where(incident => incident.Concerns(track) && (incident.Disturbance is Disturbance.Jump or Disturbance.Rate)).Select(incident => incident.At).ToList();
            if (FindUnreported(own, corrections, changes, Patience + (8 * stalled)) is { } wrong)
                return Tell($"Track {track} is off by {wrong.Error:0.000} s at {wrong.True:0.00} s, and nothing reports it", incidents, camera);

            if (own.Zip(own.Skip(1)).FirstOrDefault(pair => pair.Second.Out - pair.First.Out < Shortest) is { Second.True: > 0 } squeezed)
                return Tell($"Packets of track {track} are squeezed at {squeezed.Second.True:0.00} s", incidents, camera);

            if (own.FirstOrDefault(packet => packet.True > Last + CorrectedWithin && Math.Abs(packet.Error) > Ever) is { True: > 0 } late)
                return Tell($"Track {track} is still off by {late.Error:0.000} s at {late.True:0.00} s", incidents, camera);

            if (incidents.TrueForAll(incident => !incident.Concerns(track) || incident.Disturbance is Disturbance.Loss or Disturbance.Stall or Disturbance.Wrap) &&
                own.FirstOrDefault(packet => packet.Out != Math.Round(packet.Stated, 9)) is { True: > 0 } changed)
            {
                return Tell($"Track {track} is healthy and was changed at {changed.True:0.00} s", incidents, camera);
            }
        }

        return null;
    }

    // An error is allowed until arrival can distinguish it from a slow link. That time starts at the last change of the clock,
    // because a jump may leave another error than the drift before it.
    private static Mapped? FindUnreported(List<Mapped> packets, List<(double From, double To)> corrections, List<double> changes, double patience)
    {
        double? since = null;
        foreach (var packet in packets.TakeWhile(packet => packet.True < Last + CorrectedWithin))
        {
            var isOff = Math.Abs(packet.Error) > Close && !corrections.Exists(correction => packet.Arrival >= correction.From && packet.Arrival <= correction.To);
            since = isOff ? Math.Max(since ?? packet.Arrival, changes.FindLast(change => change <= packet.True)) : null;
            if (packet.Arrival - since > patience)
                return packet;
        }

        return null;
    }

    // From the last moment without an error until the next one.
    private static IEnumerable<(double From, double To)> ReportedCorrections(SimulatedCamera camera, int track)
    {
        double? since = null;
        foreach (var (at, correction) in camera.Corrections.Where(reported => reported.Correction.Track == track))
        {
            if (correction.Verdict is null)
            {
                yield return (correction.Since.TotalSeconds, at);
            }
            else if (correction.Verdict == DriftVerdict.Began)
            {
                since ??= correction.Since.TotalSeconds;
            }
            else if (correction.Verdict == DriftVerdict.Ended && since is { } from)
            {
                yield return (from, at);
                since = null;
            }
        }

        if (since is { } open)
            yield return (open, double.MaxValue);
    }

    private static string Tell(string problem, List<Incident> incidents, SimulatedCamera camera) =>
        $"{problem}.\n{string.Join('\n', incidents)}\n{string.Join('\n', camera.Corrections)}".ToString(CultureInfo.InvariantCulture);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
