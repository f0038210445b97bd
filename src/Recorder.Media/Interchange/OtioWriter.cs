using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recorder.Contracts;

namespace Recorder.Media.Interchange;

/// <summary>
/// Writes a take as OpenTimelineIO's JSON, which has no multicam clip: a video track for each angle over another, from the same first frame, and
/// below them an audio track for each angle that has sound. Times are numbers of frames. The schema cannot say whether a time code drops frames: readers
/// assume at 29.97 and 59.94 that it does, and the metadata has the time code as it was counted.
/// </summary>
internal static class OtioWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="output">Gets UTF-8.</param>
    /// <exception cref="EditTakeException">The take has a problem of <see cref="EditTakeCheck"/>.</exception>
    public static void Write(EditTake take, Stream output)
    {
        EditTakeCheck.Require(take);
        using var json = new Utf8JsonWriter(output, Options);
        new Document(json, take).Write();
    }

    private sealed class Document(Utf8JsonWriter json, EditTake take)
    {
        private readonly TimeCodeRate _rate = take.Start.Rate;

        public void Write()
        {
            Open("Timeline.1");
            Text("name", take.Name);
            json.WriteStartObject("metadata");
            json.WriteStartObject("recorder");
            Text("project", take.Project);
            Text("scene", take.Scene);
            Text("shot", take.Shot);
            json.WriteNumber("take", take.Take);
            json.WriteString("rating", JsonNamingPolicy.CamelCase.ConvertName(take.Rating.ToString()));
            Text("notes", take.Notes);
            json.WriteString("start_time_code", take.Start.ToString());
            json.WriteBoolean("passes_midnight", take.PassesMidnight);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WritePropertyName("global_start_time");
            Time(take.Start.Frame);

            json.WritePropertyName("tracks");
            OpenItem("Stack.1", "tracks", 0, [.. take.Marks.Where(mark => mark.Angle is null).OrderBy(mark => mark.At)]);
            json.WriteStartArray("children");
            foreach (var angle in take.Angles)
                Track(angle, "Video");
            foreach (var angle in take.Angles.Where(angle => angle.Sound is not null))
                Track(angle, "Audio");

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private void Track(EditAngle angle, string kind)
        {
            var pieces = EditPiece.Of(take, angle);
            var marks = kind == "Video" ? AngleMarks.Of(take, angle) : [];

            // A mark that no clip holds whole is the track's, whose time begins at the timeline's first frame.
            OpenItem("Track.1", angle.Name, 0, [.. marks.Where(mark => !pieces.Any(piece => piece.InFile is not null && piece.Holds(mark)))]);
            json.WriteString("kind", kind);
            json.WriteStartArray("children");
            foreach (var piece in pieces)
            {
                if (piece.InFile is { } inFile)
                    Clip(angle, piece, inFile, [.. marks.Where(piece.Holds)]);
                else
                    Gap(piece);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        private void Gap(EditPiece piece)
        {
            OpenItem("Gap.1", "", 0, [], piece, 0, () => Text("reason", piece.Reason));
            json.WriteEndObject();
        }

        private void Clip(EditAngle angle, EditPiece piece, long inFile, ImmutableArray<EditMark> marks)
        {
            // On a clip time is that of the file, whose first frame has the file's time code.
            var start = angle.Start.Frame + inFile;
            OpenItem("Clip.2", Path.GetFileNameWithoutExtension(angle.FileName), start - piece.At, marks, piece, start, () =>
            {
                Text("angle", angle.Name);
                Text("camera_id", angle.CameraId);
                Text("camera_name", angle.CameraName);
                Text("reel", angle.Reel);
            });
            json.WriteStartObject("media_references");
            json.WritePropertyName("DEFAULT_MEDIA");
            Open("ExternalReference.1");
            json.WriteString("name", "");
            EmptyObject("metadata");
            json.WriteNull("available_image_bounds");
            json.WriteString("target_url", RelativeFile.Url(angle.FileName));
            json.WritePropertyName("available_range");
            Range(angle.Start.Frame, angle.Frames);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteString("active_media_reference_key", "DEFAULT_MEDIA");
            json.WriteEndObject();
        }

        // Ends inside the object. From the timeline's time to that of the item it is a sum.
        private void OpenItem(
            string schema, string name, long toItem, ImmutableArray<EditMark> marks, EditPiece? piece = null, long sourceStart = 0, Action? metadata = null)
        {
            Open(schema);
            Text("name", name);
            json.WriteStartObject("metadata");
            if (metadata is not null)
            {
                json.WriteStartObject("recorder");
                metadata();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WritePropertyName("source_range");
            if (piece is null)
                json.WriteNullValue();
            else
                Range(sourceStart, piece.Frames);

            json.WriteStartArray("effects");
            json.WriteEndArray();
            json.WriteStartArray("markers");
            foreach (var mark in marks)
                Marker(mark, toItem);

            json.WriteEndArray();
            json.WriteBoolean("enabled", true);
        }

        private void Marker(EditMark mark, long toItem)
        {
            Open("Marker.2");
            Text("name", mark.Name);
            EmptyObject("metadata");
            json.WriteString("color", mark.Colour.OtioName());
            Text("comment", mark.Note);
            json.WritePropertyName("marked_range");
            Range(mark.At + toItem, mark.Frames);
            json.WriteEndObject();
        }

        private void Range(long start, long frames)
        {
            Open("TimeRange.1");
            json.WritePropertyName("start_time");
            Time(start);
            json.WritePropertyName("duration");
            Time(frames);
            json.WriteEndObject();
        }

        private void Time(long frames)
        {
            Open("RationalTime.1");
            json.WritePropertyName("rate");
            Real((double)_rate.Numerator / _rate.Denominator);
            json.WritePropertyName("value");
            Real(frames);
            json.WriteEndObject();
        }

        // Both are doubles in the schema: whole ones too are written with a point, as OpenTimelineIO itself does.
        private void Real(double value) =>
            json.WriteRawValue(value.ToString(double.IsInteger(value) ? "0.0" : "R", CultureInfo.InvariantCulture), skipInputValidation: true);

        private void Open(string schema)
        {
            json.WriteStartObject();
            json.WriteString("OTIO_SCHEMA", schema);
        }

        private void EmptyObject(string name)
        {
            json.WriteStartObject(name);
            json.WriteEndObject();
        }

        private void Text(string name, string text) => json.WriteString(name, CleanText.Lines(text));
    }
}
