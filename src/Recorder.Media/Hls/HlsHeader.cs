using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <summary>
/// The header that a playlist gives for segments of an extent. Players take another one at a discontinuity, but not another set of tracks (a
/// source buffer keeps what it began with): so all extents of a playlist show the same, with a silent track where sound is missing.
/// </summary>
/// <param name="Track">Index of the extent's track of sound; below 0 when it has none that plays.</param>
/// <param name="Sound">The silence that stands where it is missing; null for none.</param>
/// <param name="Without">The numbers of tracks that are left out, because they have nothing, and something else is the sound.</param>
internal sealed record HlsHeader(int Track, SilentSound? Sound, IReadOnlyList<uint> Without)
{
    /// <summary>Whether it is not the one in the extent's file.</summary>
    public bool IsMade => Without.Count > 0 || (Track < 0 && Sound is not null);

    /// <summary>Index of the track of sound that plays: the first that has something, else the first; below 0 when there is none.</summary>
    public static int SoundTrackOf(ExtentPart part)
    {
        var tracks = Enumerable.Range(0, part.Header.Tracks.Count).Where(track => !part.Header.Tracks[track].IsVideo).ToList();
        return tracks.Count < 2 ? part.Header.SoundTrack : tracks.Find(track => HasAny(part, track)) is > 0 and var speaks ? speaks : tracks[0];
    }

    /// <summary>The number of a track that is added to an extent's.</summary>
    public static uint AddedTrack(Mp4Header header) => header.Tracks.Max(track => track.Id) + 1;

    /// <summary>What an extent needs to play beside others.</summary>
    /// <param name="part">The extent.</param>
    /// <param name="sound">The sound that some have; null when none has any.</param>
    public static HlsHeader Of(ExtentPart part, SilentSound? sound)
    {
        var tracks = part.Header.Tracks;
        if (tracks.All(one => !one.IsVideo))
        {
            return new HlsHeader(part.Header.SoundTrack, null, []);
        }

        var track = SoundTrackOf(part);
        // A browser takes one track of each kind; what has nothing is in no fragment either.
        List<uint> without = [.. Enumerable.Range(0, tracks.Count).Where(other => other != track && !tracks[other].IsVideo && !HasAny(part, other)).Select(other => tracks[other].Id)];
        return track < 0 ? new HlsHeader(-1, sound, without)
            : tracks[track].Entry.Silence is { } silence ? new HlsHeader(track, silence, without)
            : HasAny(part, track) ? new HlsHeader(track, null, without)
            : new HlsHeader(-1, sound, [.. without, tracks[track].Id]);
    }

    /// <summary>The sound that extents without any pretend to have; null when none has any.</summary>
    public static SilentSound? SoundOf(IEnumerable<ExtentPart> parts)
    {
        var found = false;
        foreach (var part in parts)
        {
            if (SoundTrackOf(part) is >= 0 and var track)
            {
                if (part.Header.Tracks[track].Entry.Silence is { } silence)
                {
                    return SilentSound.Named(silence.Name);
                }

                found |= HasAny(part, track);
            }
        }

        return found ? SilentSound.Default : null;
    }

    /// <summary>Writes it.</summary>
    public static byte[] Write(Mp4Header header, SilentSound? added, IReadOnlyCollection<uint> without)
    {
        var file = header.Bytes.Span;
        var output = new Mp4Writer();
        output.Raw(file[..header.Moov]);
        Mp4Box.TryRead(file, header.Moov, file.Length, out var moov);
        var at = output.Begin(Mp4Box.Moov);
        var left = header.Tracks.Where(track => without.Contains(track.Id)).ToList();
        for (var place = moov.Body; Mp4Box.TryRead(file, place, moov.End, out var box); place = box.End)
        {
            if (box.Type == Mp4Box.Mvex)
            {
                if (added is not null)
                {
                    SilentTrack.WriteTrack(output, added, AddedTrack(header));
                }

                WriteExtends(output, file, box, left, added is null ? null : AddedTrack(header));
            }
            else if (!IsOf(left, box))
            {
                output.Raw(file[box.Start..box.End]);
            }
        }

        output.End(at);
        return output.ToArray();
    }

    private static void WriteExtends(Mp4Writer output, ReadOnlySpan<byte> file, Mp4Box mvex, List<Mp4Track> left, uint? added)
    {
        var at = output.Begin(Mp4Box.Mvex);
        for (var place = mvex.Body; Mp4Box.TryRead(file, place, mvex.End, out var box); place = box.End)
        {
            if (!IsOf(left, box))
            {
                output.Raw(file[box.Start..box.End]);
            }
        }

        if (added is { } id)
        {
            SilentTrack.WriteDefaults(output, id);
        }

        output.End(at);
    }

    private static bool IsOf(List<Mp4Track> tracks, Mp4Box box) => tracks.Exists(track => box == track.Trak || box == track.Trex);

    private static bool HasAny(ExtentPart part, int track)
    {
        for (var index = part.First; index < part.Count; index++)
        {
            if (part.Map.Run(index, track).Exists)
            {
                return true;
            }
        }

        return false;
    }
}
