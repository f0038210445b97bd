using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>What a first reading tells: when each frame is shown, and how much there is of everything.</summary>
internal sealed class SourceSurvey
{
    // Of one day at 60 frames per second, behind which time code repeats.
    private const int MostFrames = 24 * 3600 * 60;

    private readonly EditTracks _tracks;
    private readonly Dictionary<int, TimeSpan> _soundEnds = [];

    private SourceSurvey(EditTracks tracks) => (_tracks, Header) = (tracks, new VideoHeader(tracks.VideoTrack.First.Parameters));

    public VideoHeader Header { get; }

    /// <summary>When each frame is shown, in the time base of the video track and the order of decoding.</summary>
    public List<long> Shown { get; } = [];

    /// <summary>Which frames are key frames, by their number in the order of decoding.</summary>
    public HashSet<int> Keys { get; } = [];

    /// <summary>How long sound is missing at most, in all tracks together.</summary>
    public TimeSpan MissingSound { get; private set; }

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    /// <exception cref="EditExportException">There are too many frames, or their size changes.</exception>
    public static SourceSurvey Read(ExportReader reader, EditTracks tracks, CancellationToken cancellationToken)
    {
        var survey = new SourceSurvey(tracks);
        reader.Read(survey.Add, cancellationToken);
        return survey;
    }

    private void Add(ExportPacket packet)
    {
        if (_tracks.Targets[packet.Track] < 0 || packet.Info.Size == 0)
            return;

        (Packets, Bytes) = (Packets + 1, Bytes + packet.Info.Size + (packet.ParameterSets?.Length ?? 0));
        if (packet.Track != _tracks.Video)
        {
            AddSound(packet);
            return;
        }

        if (Shown.Count == MostFrames)
        {
            throw new EditExportException(
                EditError.TooLong, "The recording is longer than a day, after which time code begins again; export a shorter interval.");
        }

        if (packet.Info.Key)
        {
            Keys.Add(Shown.Count);
            Header.Check(packet.Batch.Data(0));
            Header.Check(packet.ParameterSets);
        }

        Shown.Add(packet.TimeBase.Rescale(packet.Shown, _tracks.VideoTrack.First.TimeBase));
    }

    // Before the first packet, sound is missing from the first frame on, which is near the beginning of the timeline.
    private void AddSound(ExportPacket packet)
    {
        var begin = packet.TimeBase.ToTimeSpan(packet.Shown);
        var missing = begin - _soundEnds.GetValueOrDefault(packet.Track);
        MissingSound += missing > TimeSpan.Zero ? missing : TimeSpan.Zero;
        _soundEnds[packet.Track] = begin + packet.TimeBase.ToTimeSpan(packet.Info.Duration);
    }
}
