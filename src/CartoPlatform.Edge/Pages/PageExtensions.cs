using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Edge.Pages;

internal static class PageExtensions
{
    public static void AddPages(this WebApplicationBuilder builder) =>
        builder.Services.AddOptions<PageOptions>().BindConfiguration(PageOptions.Section);

    public static void UsePages(this WebApplication app)
    {
        var configured = app.Services.GetRequiredService<IOptions<PageOptions>>().Value.Folder;
        var folder = Path.GetFullPath(configured ?? Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        if (!Directory.Exists(folder)) return;

        var files = new PhysicalFileProvider(folder);
        // Each request that comes by asks the disk twice whether its path is a file.
        app.UseWhen(static context => !context.Request.Path.StartsWithSegments("/v3"), pages => pages.UseFiles(files));
    }

    private static void UseFiles(this IApplicationBuilder app, PhysicalFileProvider files)
    {
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = static response =>
            {
                // The page asks for new files after an upgrade; names with a content hash never change.
                var headers = response.Context.Response.Headers;
                var hashed = response.Context.Request.Path.StartsWithSegments("/assets");
                headers.CacheControl = hashed ? "public, max-age=31536000, immutable" : "no-cache";
            },
        });
    }
}
