using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Something that happens to a camera's clock or to the network.</summary>
internal enum Disturbance
{
    Unknown = 0,

    /// <summary>The clock is set; sound follows a little later than video.</summary>
    Jump = 1,

    /// <summary>The timestamps run at <see cref="Incident.Amount"/> times the true rate from here on; 1 ends the error.</summary>
    Rate = 2,

    /// <summary>Packets are lost for this long.</summary>
    Loss = 3,

    /// <summary>Nothing arrives for this long, and then everything at once.</summary>
    Stall = 4,

    /// <summary>The counter wraps.</summary>
    Wrap = 5,
}

/// <summary>One disturbance.</summary>
/// <param name="At">Seconds after the beginning.</param>
/// <param name="Disturbance">What happens.</param>
/// <param name="Amount">The jump, rate or length, in the unit of the disturbance.</param>
/// <param name="Track">The track; null for all.</param>
internal sealed record Incident(double At, Disturbance Disturbance, double Amount, int? Track = null)
{
    public bool Concerns(int track) => Track is null || Track == track;
}

/// <summary>One packet as captured and as placed on the timeline.</summary>
/// <param name="Track">0 for video, 1 for sound.</param>
/// <param name="True">When it was captured, in seconds.</param>
/// <param name="Stated">Its timestamp in seconds after the track's first, without wraps.</param>
/// <param name="Arrival">When it arrived, in seconds.</param>
/// <param name="Out">Its place on the timeline in seconds after the track's first.</param>
internal readonly record struct Mapped(int Track, double True, double Stated, double Arrival, double Out)
{
    public double Error => Out - True;
}

/// <summary>
/// A camera with 25 frames and 50 sound packets in a second, whose timestamps and network are disturbed as a spec says.
/// </summary>
internal sealed class SimulatedCamera
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

    public SimulatedCamera(IReadOnlyList<Incident> incidents, int seed = 1, bool jitters = true) =>
        (_incidents, _random, _jitters) = (incidents, new Random(seed), jitters);

    public SourceTimeline Timeline { get; } = new(live: true);

    /// <summary>The corrections that the timeline reported, and when.</summary>
    public List<(double At, TimestampCorrection Correction)> Corrections { get; } = [];

    /// <summary>Seconds between frames.</summary>
    public double FrameInterval { get; init; } = Frame;

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
                throw new InvalidOperationException($"Time steps back at {packet.True}.");

            last[packet.Track] = stamp.Dts;
            first[packet.Track] = first[packet.Track] == long.MinValue ? stamp.Dts : first[packet.Track];
            mapped.Add(new Mapped(
                packet.Track, packet.True, packet.Stated, packet.Arrival, (stamp.Dts - first[packet.Track]) / 90_000.0));
            Corrections.AddRange(Timeline.Corrections.Select(correction => (packet.Arrival, correction)));
            Timeline.Corrections.Clear();
        }

        return mapped;
    }

    private List<Packet> Packets(double seconds)
    {
        var wrap = _incidents.FirstOrDefault(incident => incident.Disturbance == Disturbance.Wrap)?.At;
        var begin = wrap is { } at ? Range - (long)(at * 90_000) : 900_000_000;
        var packets = new List<Packet>();
        foreach (var (track, step) in HasSound ? [(Video, FrameInterval), (Audio, 0.02)] : new[] { (Video, FrameInterval) })
        {
            var changes = new Queue<Incident>(_incidents.Where(incident => incident.Concerns(track) && incident.Disturbance is (Disturbance.Jump or Disturbance.Rate))
                .OrderBy(incident => StatedAt(incident, track)));
            var losses = _incidents.Where(incident => incident.Concerns(track) && incident.Disturbance == Disturbance.Loss).ToArray();
            var stalls = _incidents.Where(incident => incident.Disturbance == Disturbance.Stall).ToArray();
            var (stated, rate, arrived) = (0.0, 1.0, 0.0);
            for (var n = 0; n * step < seconds; n++)
            {
                var now = n * step;
                while (changes.TryPeek(out var next) && StatedAt(next, track) <= now)
                {
                    stated += next.Disturbance == Disturbance.Jump ? next.Amount : 0;
                    rate = next.Disturbance == Disturbance.Rate ? next.Amount : rate;
                    changes.Dequeue();
                }

                if (!Array.Exists(losses, loss => Lasts(loss, now)))
                {
                    var stall = Array.FindLast(stalls, stall => Lasts(stall, now));
                    var arrival = (stall is null ? now : stall.At + stall.Amount) + 0.03 + (_jitters ? _random.NextDouble() * Jitter : 0);
                    arrived = Math.Max(arrived, arrival);
                    var stamp = ((begin + (long)Math.Round(stated * 90_000)) % Range + Range) % Range;
                    packets.Add(new Packet(track, now, stated, stamp, arrived));
                }

                stated += step * rate;
            }
        }

        return [.. packets.OrderBy(packet => packet.Arrival).ThenBy(packet => packet.True)];
    }

    // Sound jumps 0.3 s later, because each track has reports of its own.
    private static double StatedAt(Incident incident, int track) =>
        incident.At + (incident.Disturbance == Disturbance.Jump && incident.Track is null && track == Audio ? 0.3 : 0);

    private static bool Lasts(Incident incident, double now) => now >= incident.At && now < incident.At + incident.Amount;

    private readonly record struct Packet(int Track, double True, double Stated, long Stamp, double Arrival);
}
