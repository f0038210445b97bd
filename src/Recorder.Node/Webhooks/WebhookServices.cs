using Recorder.Actors.Catalogue;
using Recorder.Node.Security;

namespace Recorder.Node.Webhooks;

internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services) => services.AddSingleton(Open);

    private static WebhookDirectory Open(IServiceProvider services)
    {
        var options = services.GetRequiredService<ServeOptions>();
        try
        {
            return new WebhookDirectory(
                Path.Combine(options.DataFolder, "webhooks"),
                services.GetRequiredService<NodeSecurity>(),
                services.GetRequiredService<ICatalogue>(),
                new WebhookTimes(services.GetRequiredService<TimeProvider>()),
                services.GetRequiredService<ILoggerFactory>().CreateLogger("Webhooks"));
        }
        catch (IOException unreadable)
        {
            throw new ServeException(unreadable.Message, unreadable);
        }
    }
}
