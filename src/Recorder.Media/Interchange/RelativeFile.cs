namespace Recorder.Media.Interchange;

/// <summary>The path of a file from the folder of the project file, as it stands in a URL.</summary>
internal static class RelativeFile
{
    /// <summary>Whether it is the path of a file below the folder: not absolute, no '..', no empty step.</summary>
    public static bool IsValid(string path) =>
        path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && path.Split('/').All(step => step is not ("" or "." or ".."));

    /// <summary>A relative reference of RFC 3986: percent-encoded, so that a colon in the first step makes it no scheme.</summary>
    public static string Url(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The URL of the file.</summary>
    /// <param name="folder">The file URL of the folder, with or without '/' at its end.</param>
    /// <exception cref="EditTakeException">The folder is not given as a file URL.</exception>
    public static string Url(Uri folder, string path)
    {
        if (!folder.IsAbsoluteUri || !folder.IsFile)
        {
            throw new EditTakeException(
                EditProblemKind.FolderIsNoFileUrl, $"The folder '{folder}' is no file URL; FCPXML needs one, such as file:///media/12A/.");
        }

        return $"{folder.AbsoluteUri.TrimEnd('/')}/{Url(path)}";
    }
}
