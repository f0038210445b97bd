using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <summary>
/// The header that a playlist gives for segments of an extent. Players accept another header at a discontinuity, but not another
/// set of tracks, because a source buffer keeps the tracks it began with. So all extents of a playlist get the same tracks, with
/// a silent one where sound is missing.
/// </summary>
/// <param name="Track">Index of the extent's audio track that plays; below 0 when none does.</param>
/// <param name="Sound">The silence to put where sound is missing; null for none.</param>
/// <param name="Without">Ids of empty audio tracks to leave out, because another track is the sound.</param>
internal sealed record HlsHeader(int Track, SilentSound? Sound, IReadOnlyList<uint> Without)
{
    public bool IsMade => Without.Count > 0 || (Track < 0 && Sound is not null);

    /// <summary>Returns the index of the audio track that plays: the first with samples, else the first, else -1.</summary>
    public static int SoundTrackOf(ExtentPart part)
    {
        var tracks = Enumerable.Range(0, part.Header.Tracks.Count).Where(track => !part.Header.Tracks[track].IsVideo).ToList();
        return tracks.Count < 2 ? part.Header.SoundTrack : tracks.Where(part.Fragments.Has).FirstOrDefault(tracks[0]);
    }

    public static uint AddedTrack(Mp4Header header) => header.Tracks.Max(track => track.Id) + 1;

    public static HlsHeader Of(ExtentPart part, SilentSound? sound)
    {
        var tracks = part.Header.Tracks;
        if (tracks.All(track => !track.IsVideo))
            return new HlsHeader(part.Header.SoundTrack, null, []);

        var played = SoundTrackOf(part);
        // A browser plays one track of each kind. A track without samples can be left out, because no fragment mentions it.
        var empty = Enumerable.Range(0, tracks.Count).Where(track => !tracks[track].IsVideo && !part.Fragments.Has(track));
        List<uint> without = [.. empty.Where(track => track != played).Select(track => tracks[track].Id)];
        return played < 0 ? new HlsHeader(-1, sound, without)
            : tracks[played].Entry.Silence is { } silence ? new HlsHeader(played, silence, without)
            : part.Fragments.Has(played) ? new HlsHeader(played, null, without)
            : new HlsHeader(-1, sound, [.. without, tracks[played].Id]);
    }

    public static SilentSound? SoundOf(IEnumerable<ExtentPart> parts)
    {
        var hasSound = false;
        foreach (var part in parts)
        {
            if (SoundTrackOf(part) is >= 0 and var track)
            {
                if (part.Header.Tracks[track].Entry.Silence is { } silence)
                    return SilentSound.Named(silence.Name);

                hasSound |= part.Fragments.Has(track);
            }
        }

        return hasSound ? SilentSound.Default : null;
    }

    public static byte[] Write(Mp4Header header, SilentSound? added, IReadOnlyCollection<uint> without)
    {
        var file = header.Bytes.Span;
        var output = new Mp4Writer();
        output.Raw(file[..header.Moov]);
        Mp4Box.TryRead(file, header.Moov, file.Length, out var moov);
        var at = output.Begin(Mp4Box.Moov);
        var left = header.Tracks.Where(track => without.Contains(track.Id)).ToList();
        foreach (var box in moov.Children(file))
        {
            if (box.Type == Mp4Box.Mvex)
                WriteAdded(output, file, box, left, added, AddedTrack(header));
            else if (!IsOf(left, box))
                output.Raw(file[box.Start..box.End]);
        }

        output.End(at);
        return output.ToArray();
    }

    // The mvex box comes behind the last track, so the added track stands before it.
    private static void WriteAdded(
        Mp4Writer output, ReadOnlySpan<byte> file, Mp4Box mvex, List<Mp4Track> left, SilentSound? added, uint id)
    {
        if (added is not null)
            SilentTrack.WriteTrack(output, added, id);

        var at = output.Begin(Mp4Box.Mvex);
        foreach (var box in mvex.Children(file))
        {
            if (!IsOf(left, box))
                output.Raw(file[box.Start..box.End]);
        }

        if (added is not null)
            SilentTrack.WriteDefaults(output, id);

        output.End(at);
    }

    private static bool IsOf(List<Mp4Track> tracks, Mp4Box box) => tracks.Exists(track => box == track.Trak || box == track.Trex);
}
