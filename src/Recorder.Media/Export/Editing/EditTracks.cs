using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>The tracks of a recording that go into a file for an editor: one video and all sound, copied.</summary>
/// <param name="Targets">For each track of the recording, its index in the file; -1 for one that is left out.</param>
internal sealed record EditTracks(ExportTracks All, int Video, IReadOnlyList<int> Sound, IReadOnlyList<int> Targets)
{
    // QuickTime holds these, MP4 does not.
    private static readonly string[] OnlyMov = ["mjpeg", "mpeg2video", "pcm_alaw", "pcm_mulaw", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le"];

    public ExportTrack VideoTrack => All.All[Video];

    public IReadOnlyList<string> LeftOut => [.. All.All.Where((_, track) => Targets[track] < 0).Select(track => track.First.Parameters.ToString())];

    /// <exception cref="EditExportException">There is no video, or the container cannot hold a track.</exception>
    public static EditTracks Of(ExportPlan plan, EditFileOptions options)
    {
        var isMov = options.Container != EditContainer.Mp4;
        var tracks = Open(plan, new ExportFormat(MediaContainer.Mp4) { MoreCodecs = isMov ? OnlyMov : [] });
        var (video, sound, targets) = (-1, new List<int>(), new int[tracks.All.Count]);
        for (var i = 0; i < targets.Length; i++)
        {
            var track = tracks.All[i];
            if (track.Encode is not null)
                throw NotHeld(track.First.Parameters.Codec, isMov);

            targets[i] = -1;
            if (track.IsVideo && video < 0)
                (video, targets[i]) = (i, 0);
            else if (!track.IsVideo)
                sound.Add(i);
        }

        if (video < 0)
            throw new EditExportException(EditError.NoVideo, "The recording has no video; export its sound as MP4.");

        for (var i = 0; i < sound.Count; i++)
            targets[sound[i]] = i + 1;

        return new EditTracks(tracks, video, sound, targets);
    }

    private static ExportTracks Open(ExportPlan plan, ExportFormat format)
    {
        try
        {
            return ExportReader.TracksOf(plan, format);
        }
        catch (ExportRefusedException refused)
        {
            throw new EditExportException(EditError.NotHeld, refused.Message, refused);
        }
        catch (Exception unreadable) when (unreadable is FFmpegException or IOException)
        {
            throw new EditExportException(EditError.NotRead, $"The recording cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static EditExportException NotHeld(string codec, bool isMov) => new(
        EditError.NotHeld,
        isMov || !OnlyMov.Contains(codec)
            ? $"No file for editors can hold {codec} without encoding it anew; export the recording as MP4, which encodes sound, or as Matroska."
            : $"MP4 cannot hold {codec}; ask for MOV, which can.");
}
