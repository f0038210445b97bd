using System.Globalization;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>
/// Writes a recording as one file for an editor: index first, no fragments, constant frame rate, a time code track. Nothing is encoded but black
/// frames; the file is written once, because the space that its index needs is known beforehand. Blocks its thread.
/// </summary>
internal static class EditExport
{
    // What the index has of a sample at most: duration, offset, two tables of key frames, size, chunk, the chunk's position and dependencies.
    private const int IndexBytesPerPacket = 8 + 8 + 4 + 4 + 4 + 12 + 8 + 1;
    private const int OtherIndexBytes = 64 * 1024;

    // A packet of AAC at 96 kHz lasts 10.7 ms.
    private const int MostSilentPacketsPerSecond = 100;

    // Linux error numbers ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Writes to <c>path.part</c>, which is deleted on failure, and renames it when it is complete.</summary>
    /// <exception cref="EditExportException">The export was refused or failed.</exception>
    public static EditFileReport Write(
        ExportPlan plan, EditFileOptions options, string path, IProgress<EditProgress>? progress, CancellationToken cancellationToken)
    {
        if (!options.Overwrite && File.Exists(path))
            throw new EditExportException(EditError.NotWritten, $"'{path}' already exists. Choose another name or allow overwriting.");

        var part = path + ".part";
        try
        {
            var tracks = EditTracks.Of(plan, options);
            var reader = new ExportReader(plan, tracks.All) { EndsWithLastShown = true };
            var survey = SourceSurvey.Read(reader, tracks, cancellationToken);
            var (layout, measured) = Plan(plan, survey, tracks, options);
            CheckSpace(survey, layout, path);
            IReadOnlyList<EditSound> sound;
            using (var writer = new EditWriter(layout, survey, options, part, progress, cancellationToken))
            {
                reader.Read(writer.Add, cancellationToken);
                sound = writer.Finish();
            }

            var file = Complete(part, layout, options);
            File.Move(part, path, options.Overwrite);
            return Report(path, layout, plan.From + layout.Zero, measured, sound, file);
        }
        catch (Exception failed) when (Explain(failed, path) is { } explained)
        {
            throw explained;
        }
        finally
        {
            if (File.Exists(part))
                File.Delete(part);
        }
    }

    private static (EditLayout Layout, double Measured) Plan(ExportPlan plan, SourceSurvey survey, EditTracks tracks, EditFileOptions options)
    {
        if (survey.Shown.Count == 0)
            throw new EditExportException(EditError.NoVideo, "There is no frame of video in the interval; export a longer one.");

        var video = tracks.VideoTrack.First;
        IReadOnlyList<Rational> stated = [survey.Header.StatedRate, video.FrameRate, video.Parameters.FrameRate];
        var (grid, (rate, measured), encodes) = Lay(survey, video.TimeBase, stated, options);
        var zero = video.TimeBase.ToTimeSpan(survey.Shown.Min()) + grid.Origin;
        var timeCode = TimeCodeOf(options, rate, plan.From + zero);
        var fills = encodes ? [] : HoleFill.Of(grid, survey.Keys, options.Holes == EditHoles.Black);
        var black = fills.Any(fill => fill.IsBlack)
            ? BlackFrames.Encode(video.Parameters, new Rational(rate.Numerator, rate.Denominator), options.Codecs)
            : null;
        var packets = survey.Packets + (encodes ? grid.Length : 0) + fills.Where(fill => fill.IsBlack).Sum(fill => fill.Hole.Length) + (long)(survey.MissingSound.TotalSeconds * MostSilentPacketsPerSecond);
        var metadata = MovieMetadata.Meta(MetadataKeys.Of(options.Metadata)).Length + MovieMetadata.Xmp(XmpPacket.Of(options.Metadata, timeCode)).Length;
        var index = OtherIndexBytes + (2L * metadata) + (packets * IndexBytesPerPacket);
        return index > int.MaxValue
            ? throw new EditExportException(EditError.TooLong, "The recording has too many packets for one file; export a shorter interval.")
            : (new EditLayout(tracks, grid, fills, black, timeCode, zero, (int)index, survey.Header.HasChanged) { Encoding = encodes ? options.Encode : null, EncodedHoles = options.Holes }, measured);
    }

    // Frames are encoded only where they cannot be copied.
    private static (FrameGrid Grid, NominalRate Rate, bool Encodes) Lay(
        SourceSurvey survey, Rational timeBase, IReadOnlyList<Rational> stated, EditFileOptions options)
    {
        try
        {
            var nominal = NominalRate.Of(survey.Shown, timeBase, stated, options.Rate);
            return (FrameGrid.Lay(survey.Shown, timeBase, nominal, options.LargestDrift, options.LargestShift), nominal, false);
        }
        catch (EditExportException other) when (options is { Encode: not null, Rate: not null }
            && other.Error is EditError.NoTimeCodeRate or EditError.OtherRate or EditError.FramesDoNotFit)
        {
            var rate = new NominalRate(options.Rate.Value, NominalRate.MeasureOf(survey.Shown, timeBase));
            return (FrameGrid.Sample(survey.Shown, timeBase, rate.Rate), rate, true);
        }
    }

    private static TimeCode TimeCodeOf(EditFileOptions options, TimeCodeRate rate, TimeSpan begin)
    {
        try
        {
            var timeCode = options.TimeCode(rate, begin);
            return timeCode.Rate == rate ? timeCode : throw new EditExportException(
                EditError.WrongTimeCode, $"The time code {timeCode} counts {timeCode.Rate} frames per second, but the camera sends {rate}.");
        }
        catch (ArgumentException refused)
        {
            // Drop-frame counting at a rate that has none.
            throw new EditExportException(EditError.WrongTimeCode, refused.Message, refused);
        }
    }

    private static void CheckSpace(SourceSurvey survey, EditLayout layout, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new EditExportException(EditError.NotWritten, $"The folder '{folder}' does not exist; create it or choose another.");

        var black = (layout.Frames - layout.Grid.Places.Length) * (layout.Black?.FrameBytes ?? 0);
        var video = layout.Encoding is null ? 0 : ExportFormat.BitRateOf(layout.Tracks.VideoTrack.First.Parameters) / 8 * layout.Rate.TimeOf(layout.Frames).TotalSeconds;
        var needed = survey.Bytes + layout.IndexBytes + black + (long)video;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (needed > free)
        {
            throw new EditExportException(EditError.DiskFull, string.Create(
                CultureInfo.InvariantCulture,
                $"The export needs {needed / 1e6:0.#} MB, and the volume of '{folder}' has {free / 1e6:0.#} MB left. Free some space or choose another folder."));
        }
    }

    private static (MovieFile Movie, long Bytes) Complete(string part, EditLayout layout, EditFileOptions options)
    {
        using var file = File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite);
        var xmp = options.Container == EditContainer.Mp4 ? MovieMetadata.Xmp(XmpPacket.Of(options.Metadata, layout.TimeCode)) : [];
        MovieFile.AddToIndex(file, MovieMetadata.Meta(MetadataKeys.Of(options.Metadata)), xmp);
        // FFmpeg leaves a time code that it does not like out and reports success.
        var movie = MovieFile.Read(file);
        if (!movie.IsIndexFirst || movie.HasEdits || movie.FirstFrame != layout.TimeCode.Frame)
        {
            throw new EditExportException(EditError.NotWritten,
                $"FFmpeg wrote another file than was asked for: index first {movie.IsIndexFirst}, edit lists {movie.HasEdits}, first frame {movie.FirstFrame} of {layout.TimeCode.Frame}.");
        }

        RandomAccess.FlushToDisk(file);
        return (movie, RandomAccess.GetLength(file));
    }

    private static EditFileReport Report(
        string path, EditLayout layout, TimeSpan begin, double measured, IReadOnlyList<EditSound> sound, (MovieFile Movie, long Bytes) file)
    {
        var grid = layout.Grid;
        return new EditFileReport
        {
            Path = path,
            Bytes = file.Bytes,
            Rate = layout.Rate,
            MeasuredRate = measured,
            TimeCode = layout.TimeCode,
            Begin = begin,
            SourceFrames = grid.Places.Length,
            Length = grid.Length,
            Origin = grid.Origin,
            DriftPpm = (1 / grid.Scale - 1) * 1e6,
            LargestShift = grid.LargestShift,
            ShiftedMost = grid.ShiftedMost,
            Holes =
            [
                .. layout.Fills.Select(fill => new EditHole(
                    fill.Hole, layout.Rate.TimeOf(fill.Hole.Place), fill.IsBlack ? EditHoles.Black : EditHoles.Stated)),
                .. layout.Encoding is null ? [] : grid.Holes.Select(hole => new EditHole(hole, layout.Rate.TimeOf(hole.Place), layout.EncodedHoles)),
            ],
            Encoded = layout.Encoding is { } encoding ? new EditEncoded(encoding.Quality, grid.Repeated, grid.Dropped) : null,
            IsConstantRate = file.Movie.Durations.Count == 1,
            Sound = sound,
            ChangesParameterSets = layout.ChangesParameterSets,
            LeftOut = layout.Tracks.LeftOut,
        };
    }

    private static EditExportException? Explain(Exception failed, string path)
    {
        var cause = failed is FFmpegException { InnerException: { } writing } ? writing : failed;
        return cause switch
        {
            EditExportException => null,
            UnreadableMediaException unreadable => new EditExportException(EditError.NotRead, $"The recording cannot be read: {unreadable.Message}", failed),
            IOException io when (io.HResult & 0xffff) is NoSpace or QuotaExceeded => new EditExportException(
                EditError.DiskFull, $"The volume of '{path}' is full; free some space or choose another folder. No file was left there.", failed),
            UnauthorizedAccessException => new EditExportException(
                EditError.NotWritten, $"There is no permission to write '{path}'; choose another folder or change its permissions.", failed),
            IOException io => new EditExportException(EditError.NotWritten, $"Writing '{path}' failed: {io.Message}", failed),
            FFmpegException ffmpeg => new EditExportException(EditError.NotRead, $"The recording cannot be exported: {ffmpeg.Message}", failed),
            _ => null,
        };
    }
}
