using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

/// <summary>What a camera's clock, or the way from it, does at a moment.</summary>
internal enum Trouble
{
    Unknown = 0,

    /// <summary>The clock is set: each track says so a little later than the one before.</summary>
    Jump = 1,

    /// <summary>From here on the timestamps run at <see cref="Incident.Amount"/> of the true rate; 1 ends it.</summary>
    Rate = 2,

    /// <summary>Packets are lost for this long.</summary>
    Loss = 3,

    /// <summary>Nothing arrives for this long, and then all of it.</summary>
    Stall = 4,

    /// <summary>The counter is about to wrap.</summary>
    Wrap = 5,
}

/// <param name="At">Seconds after the beginning.</param>
/// <param name="Trouble">What happens.</param>
/// <param name="Amount">How much.</param>
/// <param name="Track">To which track; null: to all.</param>
internal sealed record Incident(double At, Trouble Trouble, double Amount, int? Track = null)
{
    public bool Concerns(int track) => Track is null || Track == track;
}

/// <summary>One packet as the camera knows it and as the timeline put it.</summary>
/// <param name="Track">0: pictures, 1: sound.</param>
/// <param name="True">When it was captured, seconds.</param>
/// <param name="Said">Its timestamp, counted from the track's first, seconds; wraps undone.</param>
/// <param name="Arrival">When it came.</param>
/// <param name="Out">Its place on the timeline, counted from the track's first, seconds.</param>
internal readonly record struct Mapped(int Track, double True, double Said, double Arrival, double Out)
{
    public double Error => Out - True;
}

/// <summary>Twenty-five pictures and fifty sounds a second by a true clock, with timestamps and a network that lie as a spec says.</summary>
internal sealed class LyingCamera
{
    public const int Video = 0;
    public const int Audio = 1;
    public const double Frame = 0.04;
    public const double Jitter = 0.01;

    private const long Range = 1L << 33;
    private static readonly Rational Clock = new(1, 90_000);
    private readonly IReadOnlyList<Incident> _incidents;
    private readonly Random _random;
    private readonly bool _jitters;

    public LyingCamera(IReadOnlyList<Incident> incidents, int seed = 1, bool jitters = true) =>
        (_incidents, _random, _jitters) = (incidents, new Random(seed), jitters);

    public SourceTimeline Timeline { get; } = new(live: true);

    /// <summary>What the timeline said it mended, and when.</summary>
    public List<(double At, TimestampCorrection Mend)> Mends { get; } = [];

    /// <summary>Seconds between pictures.</summary>
    public double PictureEvery { get; init; } = Frame;

    public bool HasSound { get; init; } = true;

    public List<Mapped> Run(double seconds)
    {
        Timeline.SetTrack(Video, Clock, Clock, 3600);
        Timeline.SetTrack(Audio, Clock, Clock, 1800);
        var packets = Packets(seconds);
        var mapped = new List<Mapped>(packets.Count);
        var first = new long[] { long.MinValue, long.MinValue };
        var last = new long[] { long.MinValue, long.MinValue };
        foreach (var packet in packets)
        {
            var stamp = Timeline.Map(
                packet.Track, packet.Stamp, packet.Stamp, packet.Track == Video ? 3600 : 1800, TimeSpan.FromSeconds(packet.Arrival));
            if (stamp.Dts <= last[packet.Track] || stamp.Pts < stamp.Dts)
            {
                throw new InvalidOperationException($"Time steps back at {packet.True}.");
            }

            last[packet.Track] = stamp.Dts;
            first[packet.Track] = first[packet.Track] == long.MinValue ? stamp.Dts : first[packet.Track];
            mapped.Add(new Mapped(
                packet.Track, packet.True, packet.Said, packet.Arrival, (stamp.Dts - first[packet.Track]) / 90_000.0));
            Mends.AddRange(Timeline.Corrections.Select(mend => (packet.Arrival, mend)));
            Timeline.Corrections.Clear();
        }

        return mapped;
    }

    private List<Packet> Packets(double seconds)
    {
        var wrap = _incidents.FirstOrDefault(incident => incident.Trouble == Trouble.Wrap)?.At;
        var begin = wrap is { } at ? Range - (long)(at * 90_000) : 900_000_000;
        var packets = new List<Packet>();
        foreach (var (track, step) in HasSound ? [(Video, PictureEvery), (Audio, 0.02)] : new[] { (Video, PictureEvery) })
        {
            var changes = new Queue<Incident>(_incidents.Where(incident => incident.Concerns(track) && incident.Trouble is (Trouble.Jump or Trouble.Rate))
                .OrderBy(incident => SaidAt(incident, track)));
            var losses = _incidents.Where(incident => incident.Concerns(track) && incident.Trouble == Trouble.Loss).ToArray();
            var stalls = _incidents.Where(incident => incident.Trouble == Trouble.Stall).ToArray();
            var (said, rate, arrived) = (0.0, 1.0, 0.0);
            for (var n = 0; n * step < seconds; n++)
            {
                var now = n * step;
                while (changes.TryPeek(out var next) && SaidAt(next, track) <= now)
                {
                    said += next.Trouble == Trouble.Jump ? next.Amount : 0;
                    rate = next.Trouble == Trouble.Rate ? next.Amount : rate;
                    changes.Dequeue();
                }

                if (!Array.Exists(losses, loss => Lasts(loss, now)))
                {
                    var stall = Array.FindLast(stalls, stall => Lasts(stall, now));
                    var arrival = (stall is null ? now : stall.At + stall.Amount) + 0.03 + (_jitters ? _random.NextDouble() * Jitter : 0);
                    arrived = Math.Max(arrived, arrival);
                    var stamp = ((begin + (long)Math.Round(said * 90_000)) % Range + Range) % Range;
                    packets.Add(new Packet(track, now, said, stamp, arrived));
                }

                said += step * rate;
            }
        }

        return [.. packets.OrderBy(packet => packet.Arrival).ThenBy(packet => packet.True)];
    }

    // Sound says 0.3 s later that the clock was set: each track learns it by a report of its own.
    private static double SaidAt(Incident incident, int track) =>
        incident.At + (incident.Trouble == Trouble.Jump && incident.Track is null && track == Audio ? 0.3 : 0);

    private static bool Lasts(Incident incident, double now) => now >= incident.At && now < incident.At + incident.Amount;

    private readonly record struct Packet(int Track, double True, double Said, long Stamp, double Arrival);
}
