namespace Recorder.Media.Mp4;

/// <summary>One track as an extent's header describes it.</summary>
/// <param name="Timescale">Units per second of its times.</param>
/// <param name="Delay">What its edit list subtracts from each time, in units: the skipped beginning minus the wait before it.</param>
internal sealed record Mp4Track(
    uint Id, uint Timescale, bool IsVideo, long Delay, uint DefaultDuration, uint DefaultSize, uint DefaultFlags)
{
    public required Mp4SampleEntry Entry { get; init; }

    public required Mp4Box Trak { get; init; }

    public Mp4Box Trex { get; init; }
}
